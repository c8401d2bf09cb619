// Runs in every pod of the oracle: listens on some ports, and probes what it is told to on standard input, one JSON per line.
const dgram = require('node:dgram');
const net = require('node:net');
const { createInterface } = require('node:readline');

const [tcp, udp] = JSON.parse(process.argv[process.argv.length - 1]);
for (const port of tcp) net.createServer((socket) => socket.on('error', () => {}).end('x')).listen(port, '0.0.0.0');
for (const port of udp) {
  const server = dgram.createSocket('udp4');
  server
    .on('message', (message, { address, port: from }) => server.send(message, from, address, () => {}))
    .on('error', () => {})
    .bind(port);
}

const probes = {
  // Whoever is let through gets the greeting; a refusal may come as a reset or as nothing at all.
  TCP: ({ ip, port }) =>
    new Promise((done) => {
      const socket = net.connect({ host: ip, port });
      const end = (passed) => (socket.destroy(), done(passed));
      socket
        .setTimeout(2000, () => end(false))
        .on('error', () => end(false))
        .on('connect', () => end(true));
    }),
  UDP: ({ ip, port }) =>
    new Promise((done) => {
      const socket = dgram.createSocket('udp4');
      let timer;
      let ended = false;
      const end = (passed) => {
        if (ended) return;
        ended = true;
        clearTimeout(timer);
        socket.close();
        done(passed);
      };
      socket.on('error', () => end(false)).on('message', () => end(true));
      socket.connect(port, ip, (error) => {
        if (error) return end(false);
        if (ended) return;
        timer = setTimeout(() => end(false), 1000);
        socket.send('x', (problem) => problem && end(false));
      });
    }),
};

createInterface({ input: process.stdin })
  .on('line', async (line) => {
    const { id, targets } = JSON.parse(line);
    const results = await Promise.all(targets.map((target) => probes[target.protocol](target)));
    process.stdout.write(`${JSON.stringify({ id, results })}\n`);
  })
  .on('close', () => process.exit());
process.stdout.write('{"ready":true}\n');
