import type { Json, Path, Resource } from '../../../manifests/resource';
import { mappings, record, string } from '../../../manifests/resource';
import { check } from '../../check';

const manifests = (conditions: string, labels: string) => `
apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata: { name: success-rate, namespace: shop }
spec:
  args: [{ name: hash }]
  metrics:
    - name: success-rate
      interval: 1m
      count: 5
      ${conditions}
      provider:
        prometheus:
          address: http://prometheus.monitoring:9090
          query: >-
            sum(rate(requests_total{code!~"5..",${labels}}[2m])) / sum(rate(requests_total{${labels}}[2m]))
`;

export default check({
  id: 'analysis-answers-without-traffic',
  group: 'gitops',
  description: 'an analysis of Argo Rollouts takes no data for inconclusive, and asks for one version alone',
  severity: 'advice',
  needs: [],
  source: 'https://argo-rollouts.readthedocs.io/en/stable/features/analysis/',
  fix: "set successCondition: 'len(result) > 0 && !isNaN(result[0]) && result[0] >= 0.95' and failureCondition: 'len(result) > 0 && !isNaN(result[0]) && result[0] < 0.95'",
  example: {
    broken: manifests('successCondition: result[0] >= 0.95', 'app="web"'),
    fails: [
      'AnalysisTemplate/shop/success-rate spec.metrics[0].provider.prometheus.query',
      'AnalysisTemplate/shop/success-rate spec.metrics[0].successCondition',
    ],
    fixed: manifests(
      "successCondition: 'len(result) > 0 && !isNaN(result[0]) && result[0] >= 0.95'\n      failureCondition: 'len(result) > 0 && !isNaN(result[0]) && result[0] < 0.95'",
      'app="web",rollouts_pod_template_hash="{{args.hash}}"',
    ),
  },
  *judge(world) {
    for (const kind of ['AnalysisTemplate', 'ClusterAnalysisTemplate'])
      for (const resource of world.of(kind))
        if (resource.group === 'argoproj.io')
          for (const [i, metric] of mappings(resource.at(['spec', 'metrics'])).entries()) {
            const query = string(record(record(metric['provider'])?.['prometheus'])?.['query']);
            if (query === undefined) continue;
            const path = ['spec', 'metrics', i];
            yield* judgeConditions(resource, metric, query, path);
            if (!seesOneVersion(query))
              yield {
                ...{ resource, path: [...path, 'provider', 'prometheus', 'query'], value: query },
                message:
                  'the query has neither an argument nor a label of a version, so it sees both: a share of 5 % that fails wholly is 5 % of what it measures',
                fix: 'ask for the label of one version, such as rollouts_pod_template_hash="{{args.hash}}", with an argument valueFrom: { podTemplateHashValue: Latest }',
              };
          }
  },
});

/** What comes of a condition where there is no data. Undefined: not known. */
type Outcome = 'error' | boolean | undefined;

function* judgeConditions(resource: Resource, metric: Json, query: string, at: Path) {
  const [success, failure] = [string(metric['successCondition']), string(metric['failureCondition'])];
  // A constant in its place is data.
  const states = [
    ...(/\bor\s+(?:on\s*\([^)]*\)\s*)?vector\s*\(/.test(query) ? [] : [{ what: 'an empty answer', of: withoutResult }]),
    ...(divides(query) ? [{ what: 'NaN', of: withNaN }] : []),
  ];
  for (const { what, of } of states) {
    const [good, bad] = [success, failure].map((condition) => (condition ? of(condition) : false));
    const field = good === 'error' || failure === undefined ? 'successCondition' : 'failureCondition';
    const place = { resource, path: [...at, field], value: metric[field] };
    if (good === 'error' || (good === false && bad === 'error')) {
      yield {
        ...place,
        message: `without traffic the query gives ${what}, and result[0] of it is an error: after five of them the release is aborted`,
      };
      return;
    }
    if (bad === true || (good === false && success !== undefined && failure === undefined)) {
      yield {
        ...place,
        message: `without traffic the query gives ${what}, which ${bad === true ? 'meets failureCondition' : 'does not meet successCondition, and without a failureCondition all that does not is a failure'}: the release is aborted`,
      };
      return;
    }
  }
}

/** Of an empty vector. */
function withoutResult(condition: string): Outcome {
  const text = condition.replace(/\s+/g, '');
  if (/\bdefault\(|\bisEmpty|\bisNil/.test(text)) return undefined;
  if (!/\bresult\[/.test(text)) return undefined;
  if (/^\(*len\(result\)(?:>0|>=1|!=0)\)?(?:&&|and)/.test(text)) return false;
  if (/^\(*len\(result\)(?:==0|<1|<=0)\)?(?:\|\||or)/.test(text)) return true;
  return text.includes('len(result)') ? undefined : 'error';
}

/** Of one value that is no number, with which every comparison but != is false. */
function withNaN(condition: string): Outcome {
  const text = condition.replace(/\s+/g, '');
  if (/!isNaN\(result\[0\]\)(?:&&|and|\)|$)/.test(text)) return false;
  if (/(?:^|\|\||or|\()isNaN\(result\[0\]\)(?:\|\||or|\)|$)/.test(text)) return true;
  if (text.includes('isNaN') || /\bdefault\(/.test(text) || !/\bresult\[0\]/.test(text)) return undefined;
  return /^[^!]*result\[0\](?:>=?|<=?|==)-?[\d.]+\)*$/.test(text) ? false : undefined;
}

/** Whether something is divided by what is 0 without traffic; a bound keeps it from that. */
function divides(query: string): boolean {
  const plain = query.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '');
  return /\//.test(plain) && !/\bclamp_min\s*\(|>\s*0\b/.test(plain);
}

/** Labels by which two versions differ. */
const VERSION_LABEL =
  /(?:hash|version|revision|track|slot|colou?r|canary|stable|subset|pod|instance|replicaset|service|destination\w*|workload|deployment|role)\s*=/i;

function seesOneVersion(query: string): boolean {
  const isConstant = /^[\s\d.()]*(?:vector|time|scalar)\s*\([\s\d.]*\)[\s\d.()]*$/.test(query);
  return /\{\{\s*args\./.test(query) || VERSION_LABEL.test(query) || isConstant;
}
