import { all, findings, messages, service, verdicts, workload } from '../../judging';

const id = 'service-targetport-resolves';
const front = service('selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }]');

test.each([
  "args: ['-listen=:5678']",
  "args: ['--port', '5678']",
  "args: ['--web.listen-address=0.0.0.0:5678']",
  "env: [{ name: PORT, value: '5678' }]",
  "command: [app, '--addr', ':5678'], ports: [{ containerPort: 5678 }]",
])('a program with %s does not listen on 8080', (container) => {
  expect(findings(id, all(front, workload({ container })))).toEqual([
    'fail Service/shop/web spec.ports[0].targetPort = 8080',
  ]);
  expect(findings(id, all(front, workload({ kind: 'StatefulSet', container })))).toHaveLength(1);
});

test('the message says what the program is told', () =>
  expect(messages(id, all(front, workload({ container: "args: ['-listen=:5678', '-text=hello']" })))).toEqual([
    'its pods listen on 5678 (-listen=:5678), and no container declares or is told of 8080: every connection to port 80 is refused',
  ]));

test.each([
  ['an argument with the target', workload({ container: "args: ['-listen=:8080']" })],
  ['a declared port', workload({ container: "args: ['-listen=:5678'], ports: [{ containerPort: 8080 }]" })],
  ['two ports, of which one is told elsewhere', workload({ container: "args: ['--port=5678', '--admin=:8080']" })],
  ['an address on localhost alone', workload({ container: "args: ['--addr=127.0.0.1:5678']" })],
  ['a port that is connected to', workload({ container: "env: [{ name: DB_PORT, value: '5432' }]" })],
  ['no argument', workload()],
  [
    'a second container',
    workload({ containers: "{ name: a, image: 'a:1', args: ['--port=5678'] }, { name: b, image: 'b:1' }" }),
  ],
])('%s is fine', (_, manifests) => expect(verdicts(id, all(front, manifests))).toEqual([]));

test('a port that is missing from the declared ones stays a question without such an argument', () =>
  expect(verdicts(id, all(front, workload({ container: 'ports: [{ containerPort: 5678 }]' })))).toEqual([
    'unknown spec.ports[0].targetPort',
  ]));
