/**
 * Runs in every pod of a scene, and outside of the cluster: greets whoever connects with its name and port, and connects to what it is told to by
 * a socket beside this file, one JSON per line.
 */
const dgram = require('node:dgram');
const net = require('node:net');
const { rmSync } = require('node:fs');
const { createInterface } = require('node:readline');

const [name, listened] = [process.argv[2], JSON.parse(process.argv[3])];
for (const { port, protocol } of listened) {
  const greeting = `${name} ${port}/${protocol}`;
  if (protocol === 'TCP')
    net.createServer((socket) => socket.on('error', () => {}).end(greeting)).listen(port, '0.0.0.0');
  else {
    const server = dgram.createSocket('udp4');
    server
      .on('message', (_, { address, port: from }) => server.send(greeting, from, address, () => {}))
      .on('error', () => {})
      // Answers come from the address that was asked, also on a node, which has several.
      .bind(port, process.env.ADDRESS);
  }
}

const probes = {
  /** Whoever is let through gets the greeting; a refusal may come as a reset or as nothing at all. */
  TCP: ({ host, port }) =>
    new Promise((done) => {
      let greeting = '';
      const socket = net.connect({ host, port });
      const end = () => (socket.destroy(), done(greeting || null));
      socket
        .setTimeout(600, end)
        .on('error', end)
        .on('end', end)
        .on('data', (data) => (greeting += data));
    }),
  UDP: ({ host, port }) =>
    new Promise((done) => {
      const socket = dgram.createSocket('udp4');
      let timer;
      let ended = false;
      const end = (greeting) => {
        if (ended) return;
        ended = true;
        clearTimeout(timer);
        socket.close();
        done(greeting);
      };
      socket.on('error', () => end(null)).on('message', (greeting) => end(String(greeting)));
      socket.connect(port, host, (error) => {
        if (error) return end(null);
        if (ended) return;
        timer = setTimeout(() => end(null), 600);
        socket.send('x', (problem) => problem && end(null));
      });
    }),
};

const control = `${__dirname}/${process.env.POD}.sock`;
rmSync(control, { force: true });
net
  .createServer((socket) => {
    socket.on('error', () => {});
    createInterface({ input: socket }).on('line', async (line) => {
      const answers = await Promise.all(JSON.parse(line).map((target) => probes[target.protocol](target)));
      socket.write(`${JSON.stringify(answers)}\n`);
    });
  })
  .listen(control);
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit());
