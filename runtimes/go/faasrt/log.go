package faasrt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

var logAsJSON = true

// logLine writes one line of the runtime's own, in the shape that faasc's other runtimes use as well:
//
//	{"severity":"INFO","message":"listening","port":8080,"logger":"faasc"}
//	INFO faasc: listening port=8080
//
// INFO goes to standard output, the rest to standard error.
func logLine(severity, message string) { logNumber(severity, message, "", 0) }

func logNumber(severity, message, key string, value int) {
	var line bytes.Buffer
	if logAsJSON {
		fmt.Fprintf(&line, `{"severity":"%s","message":%s`, severity, quoted(message))
		if key != "" {
			fmt.Fprintf(&line, `,"%s":%d`, key, value)
		}
		line.WriteString(`,"logger":"faasc"}`)
	} else {
		line.WriteString(severity + " faasc: " + message)
		if key != "" {
			fmt.Fprintf(&line, " %s=%d", key, value)
		}
	}
	line.WriteByte('\n')
	var out io.Writer = os.Stderr
	if severity == "INFO" {
		out = os.Stdout
	}
	out.Write(line.Bytes())
}

func quoted(text string) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(text) != nil {
		return `""`
	}
	return string(bytes.TrimRight(out.Bytes(), "\n"))
}

// fail ends the program before it has served anything.
func fail(why string) {
	logLine("CRITICAL", why)
	os.Exit(1)
}
