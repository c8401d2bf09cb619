/**
 * Starts as Uptime Kuma 1.23 does: as root it takes over its data folder, then becomes the user that PUID and PGID name
 * (root, unless they are set), keeps a database in /app/data and listens on 3001, where / leads to /dashboard.
 */
const { chownSync, writeFileSync } = require('node:fs');
const { createServer } = require('node:http');

const [user, group] = [Number(process.env.PUID ?? 0), Number(process.env.PGID ?? 0)];
chownSync('/app/data', user, group);
process.setgroups([]);
process.setgid(group);
process.setuid(user);
writeFileSync('/app/data/kuma.db', `since ${new Date().toISOString()}\n`);

createServer((request, response) => {
  if (request.url === '/') response.writeHead(302, { location: '/dashboard' }).end();
  else response.end('Uptime Kuma');
}).listen(3001);
// As the first process of its container it gets no default action for signals.
process.on('SIGTERM', () => process.exit(0));
