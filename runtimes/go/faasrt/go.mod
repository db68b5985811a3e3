module faasc.invalid/faasrt

go 1.16
