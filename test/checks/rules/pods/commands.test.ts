import { findings, messages, verdicts, workload } from '../../judging';

const id = 'command-words-split';
const container = 'spec.template.spec.containers[0]';
const command = (text: string) => workload({ container: text });

test('a program and its arguments in one entry are looked for as one name', () => {
  expect(findings(id, command('command: ["/bin/bash /opt/run.sh"]'))).toEqual([
    `fail Deployment/shop/web ${container}.command[0] = "/bin/bash /opt/run.sh"`,
  ]);
  expect(messages(id, command('command: ["npm start"]'))).toEqual([
    'no program is called "npm start": the entry is not split at its spaces, and the container does not start',
  ]);
});

test.each([
  ['command: ["sleep 3600"]', 'command[0]'],
  ['command: ["/usr/bin/java -jar /app.jar"]', 'command[0]'],
  ['command: ["/bin/sh "]', 'command[0]'],
  ['command: ["/app/server --port=8080"], args: ["-v"]', 'command[0]'],
  ['command: ["/bin/sh", "-c echo hi"]', 'command[1]'],
  ['command: ["bash"], args: ["-ec echo hi"]', 'args[0]'],
  ['livenessProbe: { exec: { command: ["cat /tmp/healthy"] } }', 'livenessProbe.exec.command[0]'],
  ['readinessProbe: { exec: { command: ["pg_isready -U app"] } }', 'readinessProbe.exec.command[0]'],
  ['lifecycle: { preStop: { exec: { command: ["nginx -s quit"] } } }', 'lifecycle.preStop.exec.command[0]'],
])('%s fails', (text, place) => expect(verdicts(id, command(text))).toEqual([`fail ${container}.${place}`]));

test.each([
  'command: ["/bin/bash", "/opt/run.sh"]',
  'command: ["/bin/sh", "-c", "exec /opt/run.sh --fast"]',
  'command: ["sh", "-ec", "echo --flag value"]',
  'args: ["hello world"]',
  'args: ["--message=hello world"]',
  'args: ["-c echo hi"]',
  'args: ["--query", "SELECT 1"]',
])('%s is fine', (text) => expect(verdicts(id, command(text))).toEqual([]));

test('a path may have spaces in it, and some programs split their arguments', () => {
  expect(verdicts(id, command('command: ["/opt/My App/run"]'))).toEqual([`unknown ${container}.command[0]`]);
  expect(verdicts(id, command('args: ["--port 8080"]'))).toEqual([`unknown ${container}.args[0]`]);
});

test('Redis reads its arguments as one text', () =>
  expect(
    verdicts(id, workload({ containers: "{ name: redis, image: 'redis:8', args: ['--requirepass $(PASSWORD)'] }" })),
  ).toEqual([]));

test('init containers of every kind count, and Windows has folders with spaces', () => {
  const init = (os: string) =>
    workload({
      kind: 'Job',
      pod: `${os}initContainers: [{ name: init, image: 'a:1', command: ["/bin/sh /init.sh"] }]`,
    });
  expect(verdicts(id, init(''))).toEqual(['fail spec.template.spec.initContainers[0].command[0]']);
  expect(verdicts(id, init('os: { name: windows }, '))).toEqual([]);
  expect(verdicts(id, init('nodeSelector: { kubernetes.io/os: windows }, '))).toEqual([]);
});
