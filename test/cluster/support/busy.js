/** Answers every request, and uses so many thousandths of a CPU (BURN) beside, in tenths of a second. */
const { createServer } = require('node:http');

const burn = Number(process.env.BURN) / 1000;
setInterval(() => {
  const { user, system } = process.cpuUsage();
  const until = Date.now() + 100;
  // What it used, not what time has passed: under a limit it is held up.
  for (;;) {
    const used = process.cpuUsage();
    if ((used.user + used.system - user - system) / 1000 >= 100 * burn || Date.now() >= until) return;
  }
}, 100);

const server = createServer((_, reply) => reply.end('here\n')).listen(8080);
// Whoever still has the old address is answered; new connections go elsewhere after a while.
process.on('SIGTERM', () => setTimeout(() => server.close(() => process.exit()), 5_000));
