import type { Resource } from '../../../manifests/resource';
import { isMap } from '../../../model/is-map';
import { containerChanges } from '../containers';
import { fieldAt } from '../paths';
import { changedFiles } from '../programs/changed-files';
import type { FoundRisk } from '../risk';
import { riskRule } from '../risk';
import type { Verification } from '../verification';
import { moreIn, verificationBy, verificationIn } from '../verification';
import { changedWorkloads, templateFields } from '../workloads';

const monitor = (tls: string) => `
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: { name: web, namespace: shop }
spec: { selector: { matchLabels: { app: web } }, endpoints: [{ port: https, scheme: https, tlsConfig: { ${tls} } }] }
`;

export default riskRule({
  id: 'verification-skipped',
  class: 'exposure',
  description:
    'a client that no longer looks at the certificate of its server, or does from now on: by a field, an argument, a variable or a file of a program',
  reason:
    'A connection that is encrypted and not verified may end anywhere: whoever is on the way reads the passwords and the data that are sent, and answers in place of the server.',
  source: 'https://prometheus.io/docs/prometheus/latest/configuration/configuration/#tls_config',
  advice: 'give the client the certificate of the authority that signed that of the server',
  example: {
    before: monitor('ca: { configMap: { name: ca, key: ca.crt } }'),
    after: monitor('insecureSkipVerify: true'),
    finds: ['ServiceMonitor/shop/web spec.endpoints'],
    harmless: monitor('insecureSkipVerify: false'),
  },
  *find(diff) {
    for (const change of diff.changes) {
      const { does, before, after } = change;
      // Files are read below, for those who read them.
      if (does !== 'changed' || !before || !after || ['ConfigMap', 'Secret'].includes(after.kind)) continue;
      const [was, is] = [before, after].map((resource) => verificationIn(textOf(resource)));
      const place = (name: string) =>
        change.fields.find(
          ({ path, before: old, after: now }) =>
            path.at(-1) === name ||
            [old, now].some((value) => isMap(value) && JSON.stringify(value).includes(`"${name}"`)),
        ) ?? change.fields.find(({ before: old, after: now }) => JSON.stringify([old, now]).includes(`"${name}"`));
      for (const found of told(was!, is!)) {
        const field = place(found.name);
        if (field) yield { change, field, unlessTold: true, ...found.risk };
      }
    }
    for (const workload of changedWorkloads(diff)) {
      if (templateFields(workload).length === 0) continue;
      const { change } = workload;
      for (const { before, after, path } of containerChanges(workload)) {
        const field = ['args', 'command', 'env'].map((name) => fieldAt(change, [...path, name])).find(Boolean);
        for (const { risk } of field ? told(verificationBy(before), verificationBy(after)) : [])
          yield { change, field, ...risk };
      }
    }
    for (const { change, field, before, after } of changedFiles(diff))
      if (before !== undefined && after !== undefined)
        for (const { risk } of told(verificationIn(before), verificationIn(after))) yield { change, field, ...risk };
  },
});

/** What an object asks for; of a workload the containers are read by themselves. */
function textOf({ object }: Resource): string {
  return JSON.stringify({ ...object, metadata: undefined, status: undefined });
}

interface Told {
  readonly name: string;
  readonly risk: Pick<FoundRisk, 'message' | 'class' | 'advice'>;
}

function* told(was: Verification, is: Verification): Iterable<Told> {
  for (const name of moreIn(is.skipped, was.skipped))
    yield {
      name,
      risk: {
        message: `the certificate of the server is not looked at any more (${name}): whoever is on the way can read what is sent, and answer in its place`,
      },
    };
  // What goes altogether, with the connection that it was of, asks for nothing.
  for (const name of moreIn(was.skipped, is.skipped).filter((each) => moreIn(is.asked, was.asked).includes(each)))
    yield {
      name,
      risk: {
        class: 'disruption',
        message: `the certificate of the server is looked at from now on (${name}): where no authority that the client trusts has signed it, nothing is connected`,
        advice:
          'make sure that the client has the certificate of the authority, and that the name in it is the one that it asks for',
      },
    };
}
