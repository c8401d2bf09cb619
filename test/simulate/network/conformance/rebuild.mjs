/**
 * Rebuilds the published conformance cases of the network policy API (Apache-2.0) from its Go modules, as JSON:
 *
 *   node test/simulate/network/conformance/rebuild.mjs
 *
 * A case is a connection that a conformance test tries after it has applied its manifests and changed rules. Cases
 * behind changes of another kind are left out, and so are those that connect to something that is no pod.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';

const MODULE = 'sigs.k8s.io/network-policy-api';
const VERSIONS = { 'v0.1.1': 'admin-network-policy', 'v0.3.0': 'cluster-network-policy' };

for (const [version, name] of Object.entries(VERSIONS)) {
  const folder = mkdtempSync(join(tmpdir(), 'network-policy-api-'));
  execFileSync('go', ['mod', 'init', 'example.com/x'], { cwd: folder, stdio: 'ignore' });
  const { Dir } = JSON.parse(execFileSync('go', ['mod', 'download', '-json', `${MODULE}@${version}`], { cwd: folder }));
  const base = join(Dir, 'conformance');
  // Templates are filled in with what only a cluster knows.
  const read = (file) => {
    const text = readFileSync(join(base, file), 'utf8');
    return text.includes('{{') ? undefined : loadAll(text).filter((object) => object);
  };
  const tests = readdirSync(join(base, 'tests'))
    .filter((file) => /network-policy.*\.go$/.test(file))
    .flatMap((file) => testsIn(readFileSync(join(base, 'tests', file), 'utf8'), read));
  const objects = loadAll(
    readFileSync(join(base, 'base/manifests.yaml'), 'utf8').replace(/\{\{[^}]*\}\}/g, '1'),
  ).filter((object) => object);
  const namespaces = Object.fromEntries(
    objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => [metadata.name, metadata.labels]),
  );
  const pods = objects
    .filter(({ kind }) => kind === 'StatefulSet')
    .map(({ metadata: { name, namespace }, spec: { template } }) => ({
      name,
      namespace,
      labels: template.metadata.labels,
      ports: template.spec.containers.flatMap(({ ports = [] }) => ports),
    }));
  const lines = tests.map((test) => JSON.stringify(test)).join(',\n');
  writeFileSync(
    join(import.meta.dirname, 'data', `${name}.json`),
    `{"module":"${MODULE}@${version}","namespaces":${JSON.stringify(namespaces)},\n"pods":${JSON.stringify(pods)},\n"tests":[\n${lines}\n]}\n`,
  );
  console.log(
    version,
    tests.length,
    'tests',
    tests.flatMap(({ steps }) => steps.flatMap(({ tries }) => tries)).length,
    'cases',
  );
}

function testsIn(text, read) {
  return text
    .split(/^var \w+ = suite\.ConformanceTest\{/m)
    .slice(1)
    .map((body) => ({
      test: /ShortName:\s*"(\w+)"/.exec(body)[1],
      policies: read(/Manifests:\s*\[\]string\{"([^"]+)"/.exec(body)[1]),
      steps: stepsIn(body),
    }))
    .filter(({ policies, steps }) => policies && steps.length > 0);
}

function stepsIn(body) {
  const steps = [];
  for (const run of body.split(/t\.Run\(/).slice(1)) {
    const name = /^"([^"]+)"/.exec(run)[1];
    const servers = new Map();
    const tries = [];
    const changes = [];
    const kept = new Map();
    let policy;
    // Statements, each on one line.
    const lines = run
      .replace(/\/\/.*$/gm, '')
      .replace(/([(,{])\s*\n\s*/g, '$1')
      .split('\n');
    for (const written of lines) {
      // The object is changed in a copy, or itself.
      const line = written.replace(/\b(?:mutate|b?anp|cnp)(?:\.DeepCopy\(\))?\.Spec\b/g, 'mutate.Spec');
      let found;
      if ((found = /(\w+) :?= kubernetes\.GetPod\(t, s\.Client, "([^"]+)", "([^"]+)"/.exec(line)))
        servers.set(found[1], [found[2], found[3]]);
      else if (/s\.Client\.Get\(/.test(line)) {
        found = /ObjectKey\{(?:Namespace: *"([^"]+)",)?Name: *"([^"]+)",?\s*\},? *(\w+)\)/.exec(line);
        if (!found) return steps;
        servers.set(found[3], [found[1], found[2]]);
        policy = found[1] ? policy : found[2];
      } else if ((found = /(\w+) := kubernetes\.Get\w+Policy\(t, s\.Client, "([^"]+)"/.exec(line))) policy = found[2];
      else if (
        (found = /mutate\.Spec\.(Ingress|Egress)\[(\d+)\]\.Action = \w+\.\w*Action(Allow|Accept|Deny|Pass)$/.exec(
          line.trim(),
        ))
      )
        changes.push({ policy, direction: found[1].toLowerCase(), rule: Number(found[2]), action: found[3] });
      else if ((found = /mutate\.Spec\.Priority = (?:int32\()?(\d+)/.exec(line)))
        changes.push({ policy, priority: Number(found[1]) });
      else if ((found = /(\w+) :?= mutate\.Spec\.(?:Ingress|Egress)\[(\d+)\]$/.exec(line.trim())))
        kept.set(found[1], Number(found[2]));
      else if (
        (found = /mutate\.Spec\.(Ingress|Egress)\[(\d+)\] = (?:mutate\.Spec\.\1\[(\d+)\]|(\w+))$/.exec(line.trim()))
      )
        changes.push({
          policy,
          direction: found[1].toLowerCase(),
          rule: Number(found[2]),
          becomes: found[3] === undefined ? kept.get(found[4]) : Number(found[3]),
        });
      else if (
        (found =
          /PokeServer\(t, .*?"([^"]+)", "([^"]+)", "(tcp|udp|sctp)",\s*(\w+)\.Status\.PodIP, int32\((\d+)\),.*(true|false)\)/.exec(
            line,
          ))
      )
        tries.push({
          from: [found[1], found[2]],
          to: servers.get(found[4]),
          protocol: found[3].toUpperCase(),
          port: Number(found[5]),
          allowed: found[6] === 'true',
        });
      else if (/mutate\.Spec|\.Delete\(|PokeServer|PodLabel|SetLabels|\w\.\w+ = /.test(line)) {
        // What was tried before this change holds.
        if (tries.length > 0 && tries.every(({ to }) => to)) steps.push({ step: name, changes, tries });
        return steps;
      }
    }
    if (tries.some(({ to }) => to === undefined)) return steps;
    if (tries.length > 0) steps.push({ step: name, changes, tries });
  }
  return steps;
}
