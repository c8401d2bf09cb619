/** Keeps what Alertmanagers post to any of its paths, and tells it at GET /seen. */
const { createServer } = require('node:http');

const seen = [];

createServer((request, response) => {
  if (request.method !== 'POST') return response.end(JSON.stringify(seen));
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    const { alerts } = JSON.parse(body);
    seen.push({
      to: request.url.slice(1),
      at: Date.now(),
      alerts: alerts.map(({ status, labels }) => ({ status, labels })),
    });
    response.end();
  });
}).listen(8080);
process.on('SIGTERM', () => process.exit(0));
