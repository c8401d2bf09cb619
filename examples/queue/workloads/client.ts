import type { ExpectedSecret, Platform } from 'strata';
import { Config, Controller, Volume, Workload } from 'strata';
import { USER } from './rabbitmq';

/** Speaks STOMP, which is text: enough for an example, and no package is needed. */
const PROGRAM = `const { connect } = require('node:net');
const { ROLE, STOMP_HOST, STOMP_PORT, STOMP_USER, STOMP_PASSWORD } = process.env;
let jobs = 10;
function start() {
  const socket = connect(Number(STOMP_PORT), STOMP_HOST);
  const send = (command, headers, body = '') =>
    socket.write([command, ...Object.entries(headers).map(([name, value]) => name + ':' + value), '', body + '\\0'].join('\\n'));
  const next = () =>
    jobs === 0 ? process.exit(0) : send('SEND', { destination: '/queue/jobs', persistent: true, receipt: jobs }, 'job ' + jobs--);
  const on = {
    CONNECTED: () => (ROLE === 'worker' ? send('SUBSCRIBE', { id: 1, destination: '/queue/jobs', ack: 'client-individual' }) : next()),
    MESSAGE: (headers, body) => (console.log('done: ' + body), send('ACK', { id: headers.ack })),
    RECEIPT: next,
    ERROR: (headers) => console.error(headers.message),
  };
  let text = '';
  socket.on('data', (part) => {
    const frames = (text + part).split('\\0');
    text = frames.pop();
    for (const frame of frames) {
      const [head, body] = frame.trimStart().split('\\n\\n');
      const [command, ...lines] = head.split('\\n');
      on[command]?.(Object.fromEntries(lines.map((line) => line.split(/:(.*)/))), body);
    }
  });
  socket.on('error', (error) => console.error(error.message));
  // Also while the policies of a new pod have not reached every node.
  socket.on('close', () => setTimeout(start, 1000));
  send('CONNECT', { 'accept-version': '1.2', host: '/', login: STOMP_USER, passcode: STOMP_PASSWORD });
}
process.on('SIGTERM', () => process.exit(0));
start();
`;

/** The same program in two roles: workers run on, the producer comes once a minute. */
export function client(platform: Platform, role: 'worker' | 'producer', user: ExpectedSecret): Workload {
  const component = platform.component(role);
  const { namespace } = platform;
  const program = new Config(component, `${role}-program`, { namespace, data: { 'main.js': PROGRAM } });
  const controller =
    role === 'worker' ? Controller.deployment({ replicas: 2 }) : Controller.cronJob({ schedule: '* * * * *' });
  return new Workload(component, role, {
    namespace,
    controller,
    pod: {
      container: {
        name: 'node',
        image: 'docker.io/library/node:24.11.1',
        command: ['node', '/app/main.js'],
        resources: { cpu: '20m', memory: '64Mi', memoryLimit: '128Mi' },
        env: { ROLE: role, STOMP_USER: USER, STOMP_PASSWORD: user.variable('password') },
        mounts: [Volume.config(program).at('/app')],
      },
    },
  });
}
