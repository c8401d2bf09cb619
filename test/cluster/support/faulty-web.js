/** A version of the web app of which every fifth request fails: what it says of itself is true. */
const { createServer } = require('node:http');

const counts = new Map();
let requests = 0;

createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://web');
  if (pathname === '/metrics') {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    const lines = [...counts].map(
      ([status, count]) => `http_requests_total{route="/",method="GET",status="${status}"} ${count}\n`,
    );
    return response.end(`# TYPE http_requests_total counter\n${lines.join('')}`);
  }
  if (pathname === '/healthz' || pathname === '/readyz') return response.end('ok');
  response.statusCode = ++requests % 5 === 0 ? 500 : 200;
  counts.set(response.statusCode, (counts.get(response.statusCode) ?? 0) + 1);
  response.end(JSON.stringify({ version: process.env.VERSION }));
}).listen(8080);
process.on('SIGTERM', () => process.exit(0));
