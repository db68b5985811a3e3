const http = require('http');

const server = http.createServer((request, response) => response.end(`Hello from ${request.url}\n`));
server.listen(process.env.PORT);
process.on('SIGTERM', () => process.exit(0)); // how a machine is asked to stop
