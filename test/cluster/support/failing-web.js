/** Counts fifty requests a second as the web app does. PUT /?share=0.2 lets a share of them fail, PUT /?failed=100 so many at once. */
const { createServer } = require('node:http');

const EACH = 0.1;
const count = { 200: 0, 500: 0 };
let share = 0;

setInterval(() => {
  count[500] += 50 * EACH * share;
  count[200] += 50 * EACH * (1 - share);
}, EACH * 1000);

createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://web');
  if (request.method === 'PUT') {
    if (searchParams.has('share')) share = Number(searchParams.get('share'));
    count[500] += Number(searchParams.get('failed') ?? 0);
  }
  if (pathname !== '/metrics') return response.end('ok');
  response.setHeader('content-type', 'text/plain; version=0.0.4');
  const line = (status) => `http_requests_total{route="/",method="GET",status="${status}"} ${count[status]}\n`;
  response.end(`# TYPE http_requests_total counter\n${line(200)}${line(500)}`);
}).listen(8080);
process.on('SIGTERM', () => process.exit(0));
