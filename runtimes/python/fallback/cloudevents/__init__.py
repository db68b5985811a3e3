"""CloudEvents for functions whose requirements name neither cloudevents nor functions-framework: the part of that
package that a handler meets. Where the package itself is installed, it comes first and this one is not used."""
