package faasrt

import (
	"fmt"
	"os"
	"syscall"
	"time"
)

// Lambda's own lines about a call, as its text or as its JSON.

func logStart(id string) {
	version := os.Getenv("AWS_LAMBDA_FUNCTION_VERSION")
	if logAsJSON {
		fmt.Printf(`{"type":"platform.start","record":{"requestId":"%s","version":"%s"}}`+"\n", id, version)
		return
	}
	fmt.Printf("START RequestId: %s Version: %s\n", id, version)
}

func logReport(id string, took time.Duration, failed bool) {
	duration := float64(took.Microseconds()) / 1000
	billed := (took.Microseconds() + 999) / 1000
	memory := os.Getenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
	var used syscall.Rusage
	most := int64(0)
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) == nil {
		most = (int64(used.Maxrss) + 1023) / 1024
	}
	if logAsJSON {
		status := "success"
		if failed {
			status = "failure"
		}
		fmt.Printf(`{"type":"platform.report","record":{"requestId":"%s","status":"%s","metrics":{"durationMs":%.2f,`+
			`"billedDurationMs":%d,"memorySizeMB":%s,"maxMemoryUsedMB":%d}}}`+"\n", id, status, duration, billed, memory, most)
		return
	}
	fmt.Printf("END RequestId: %s\nREPORT RequestId: %s\tDuration: %.2f ms\tBilled Duration: %d ms\tMemory Size: %s MB\t"+
		"Max Memory Used: %d MB\t\n", id, id, duration, billed, memory, most)
}
