import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';

const ingress = (annotations: string) => `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: shop, annotations: { team: a${annotations} } }
spec:
  rules: [{ host: shop.example.com, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] } }]
`;

/** Annotations whose text becomes a part of a proxy's own configuration, of ingress-nginx and its like. */
const SNIPPET = /\/([\w-]+-)?snippets?$/;
/** Directives that refuse requests. */
const REFUSES =
  /\b(deny|allow|auth_basic|auth_request|satisfy|limit_req|limit_conn|return\s+4|modsecurity|http-request\s+deny)/;

export default riskRule({
  id: 'snippet-changed',
  class: 'privilege',
  description: 'a part of the configuration of the ingress controller itself, in an annotation of an Ingress',
  reason:
    'What stands there is run by the controller as it is: it can let everybody in, serve files of the controller, and read the token by which that reads the Secrets of the whole cluster. If it cannot be read, the controller takes no change of any Ingress.',
  source: 'https://kubernetes.github.io/ingress-nginx/faq/#validation-of-path',
  advice:
    'do it by annotations of its own where there is one, and let admission refuse snippets: allow-snippet-annotations: "false"',
  example: {
    before: ingress(''),
    after: ingress(", nginx.ingress.kubernetes.io/configuration-snippet: 'allow all;'"),
    finds: ['Ingress/shop/web metadata.annotations["nginx.ingress.kubernetes.io/configuration-snippet"]'],
    harmless: ingress(', nginx.ingress.kubernetes.io/enable-cors: "true"'),
  },
  *find(diff) {
    for (const change of changesOf(diff, 'Ingress')) {
      if (change.does === 'removed' || !change.after) continue;
      const [was, is] = [change.before?.annotations ?? {}, change.after.annotations];
      for (const name of new Set([...Object.keys(was), ...Object.keys(is)])) {
        if (!SNIPPET.test(name) || was[name] === is[name]) continue;
        const annotations = ['metadata', 'annotations'];
        const field =
          change.does === 'changed'
            ? (fieldAt(change, [...annotations, name]) ?? fieldAt(change, annotations))
            : undefined;
        const [then, now] = [was[name] ?? '', is[name] ?? ''];
        if (now.trim() !== '')
          yield { change, field, message: `the ingress controller runs what ${name} says, with its own rights` };
        else
          yield {
            change,
            field,
            class: REFUSES.test(then) ? 'exposure' : 'unknown',
            message: REFUSES.test(then)
              ? `what ${name} refused may be let in`
              : `what ${name} did in the ingress controller is done no more`,
            advice: 'read what it did, and make sure that something else does it',
          };
      }
    }
  },
});
