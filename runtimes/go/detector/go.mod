module faasc.invalid/detector

go 1.19
