import { controlledProblem } from './controlled-release';
import { TAGGED_IMAGE } from './images';
import type { Duration } from './quantity';
import { durationProblem, seconds, wholeProblem } from './quantity';
import type { ControlledRelease, Method, ReleaseForm, ReleaseStep } from './release';
import { METHODS, rolling, stepShares } from './release';
import { stepsProblem } from './release-steps';
import type { Setting } from './setting';
import { value } from './setting';

/** How a service is released. @default rolling */
export function release(): Setting<ReleaseForm> {
  return value<ReleaseForm>(rolling(), releaseProblem, releaseExample);
}

/** Releases that are right, by what somebody wanted. */
const EXAMPLES: Readonly<Record<ReleaseForm['way'], string>> = {
  recreate: "recreate({ because: 'it cannot run twice' })",
  rolling: 'rolling()',
  blueGreen: "blueGreen({ live: 'blue', green: { image: 'registry.example.com/shop/web:2.0.0' } })",
  canary:
    "canary({ next: { image: 'registry.example.com/shop/web:2.0.0' }, steps: [share(10), watch('10m'), share(50), hold()] })",
  ab: "ab({ next: { image: 'registry.example.com/shop/web:2.0.0' }, when: header('X-Group', 'beta') })",
  mirror: "mirror({ next: { image: 'registry.example.com/shop/web:2.0.0' }, share: 10, state: 'own' })",
};
const CONTROLLED_EXAMPLES: Readonly<Record<ControlledRelease['way'], string>> = {
  canary: "canary({ by: 'argo-rollouts', steps: [share(10), watch('10m'), share(50), hold()], judge: { failing: 1 } })",
  blueGreen: "blueGreen({ by: 'argo-rollouts', keepOld: '5m', judge: { failing: 1, watch: '10m' } })",
};

/** A release of the way that was meant. */
function releaseExample(given: unknown): string {
  const { way, by } = fieldsOf(given);
  const examples: Readonly<Record<string, string>> =
    by === undefined ? EXAMPLES : { ...EXAMPLES, ...CONTROLLED_EXAMPLES };
  return typeof way === 'string' && Object.hasOwn(examples, way) ? examples[way]! : EXAMPLES.rolling;
}

/** Seconds after which Kubernetes says that a rollout without progress has failed. */
const GIVEN_UP_AFTER = 600;

const FIELDS: Readonly<Record<ReleaseForm['way'], readonly string[]>> = {
  recreate: ['because'],
  rolling: ['surge', 'unavailable', 'settle', 'giveUpAfter'],
  blueGreen: ['live', 'blue', 'green'],
  canary: ['next', 'steps', 'at', 'sticky'],
  ab: ['next', 'when'],
  mirror: ['next', 'share', 'methods', 'state'],
};

/** What is wrong with the fields of each way, as the end of "is … "; undefined where nothing is. */
const PROBLEMS: Readonly<Record<ReleaseForm['way'], (fields: Fields) => string | undefined>> = {
  recreate: ({ because }) =>
    isText(because) ? undefined : 'wrong: recreate serves nobody for a while, and does not say why: give it because',
  rolling: rollingProblem,
  blueGreen: blueGreenProblem,
  canary: canaryProblem,
  ab: abProblem,
  mirror: mirrorProblem,
};

/** What is wrong with a release, as the end of "is … "; undefined where nothing is. */
function releaseProblem(given: unknown): string | undefined {
  const { way, ...fields } = fieldsOf(given);
  if (typeof way !== 'string' || !Object.hasOwn(FIELDS, way))
    return `not a release: ${Object.keys(FIELDS)
      .map((each) => `${each}({ … })`)
      .join(', ')
      .replace(/, (?=[^,]*$)/, ' or ')}`;
  if (fields['by'] !== undefined) return controlledProblem(way, fields);
  const known = FIELDS[way as ReleaseForm['way']];
  const other = Object.keys(fields).find((field) => !known.includes(field));
  if (other !== undefined) return `wrong: ${way} has no ${other}, only ${known.join(', ')}`;
  return PROBLEMS[way as ReleaseForm['way']](fields);
}

function rollingProblem({ surge, unavailable, settle, giveUpAfter }: Fields): string | undefined {
  const parts: [string, string | undefined][] = [
    ['surge', optional(surge, shareProblem)],
    ['unavailable', optional(unavailable, shareProblem)],
    ['settle', optional(settle, durationProblem)],
    ['giveUpAfter', optional(giveUpAfter, durationProblem)],
  ];
  const wrong = parts.find(([, problem]) => problem !== undefined);
  if (wrong) return `wrong: its ${wrong[0]} is ${wrong[1]}`;
  if (isNone(surge) && isNone(unavailable))
    return 'wrong: surge and unavailable are both 0, so no pod could ever be replaced';
  const [settled, end] = [settle, giveUpAfter].map((span) =>
    span === undefined ? undefined : seconds(span as Duration),
  );
  // The API server refuses it: a pod could never count before the rollout is given up.
  if (settled !== undefined && settled >= (end ?? GIVEN_UP_AFTER))
    return `wrong: settle (${String(settle)}) is not shorter than giveUpAfter (${String(giveUpAfter ?? '10m')})`;
  return undefined;
}

function blueGreenProblem({ live, blue, green }: Fields): string | undefined {
  if (live !== 'blue' && live !== 'green')
    return `wrong: its live is ${JSON.stringify(live)}, which is not blue or green`;
  const wrong = [['blue', optional(blue, versionProblem)] as const, ['green', versionProblem(green)] as const].find(
    ([, problem]) => problem !== undefined,
  );
  return wrong && `wrong: its ${wrong[0]} is ${wrong[1]}`;
}

function canaryProblem({ next, steps, at = 0, sticky }: Fields): string | undefined {
  const own = nextProblem(next) ?? stepsProblem(steps) ?? optional(sticky, stickyProblem);
  if (own !== undefined) return own;
  const shares = stepShares(steps as readonly ReleaseStep[]);
  return [0, ...shares, 100].includes(at as number)
    ? undefined
    : `wrong: its at is ${JSON.stringify(at)}, which is no share of its steps: 0, ${shares.join(', ')} or 100`;
}

function stickyProblem(sticky: unknown): string | undefined {
  const { cookie: name, for: time, ...others } = fieldsOf(sticky);
  if (typeof sticky !== 'object' || Object.keys(others).length > 0)
    return 'wrong: its sticky is not { cookie, for }, each of which may be left out';
  if (name !== undefined && !(typeof name === 'string' && TOKEN.test(name)))
    return `wrong: ${JSON.stringify(name)} is no name of a cookie: ${TOKEN_RULE}`;
  const wrong = optional(time, durationProblem);
  return wrong && `wrong: its sticky keeps a client for what is ${wrong}`;
}

function nextProblem(next: unknown): string | undefined {
  const problem = versionProblem(next);
  if (problem !== undefined) return `wrong: its next is ${problem}`;
  return fieldsOf(next)['image'] === undefined ? 'wrong: its next has no image' : undefined;
}

/** A token of HTTP (RFC 9110): names of headers and of cookies. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/;
const TOKEN_RULE = "letters, digits and !#$%&'*+.^_`|~-, no spaces and no colon";

function abProblem({ next, when }: Fields): string | undefined {
  const own = nextProblem(next);
  if (own !== undefined) return own;
  const { by, name, value: wanted, ...others } = fieldsOf(when);
  if ((by !== 'header' && by !== 'cookie') || Object.keys(others).length > 0)
    return "wrong: its when is not header('X-Group', 'beta') or cookie('release', 'next')";
  if (typeof name !== 'string' || !TOKEN.test(name))
    return `wrong: ${JSON.stringify(name)} is no name of a ${by}: ${TOKEN_RULE}`;
  // RFC 6265 says what a cookie may hold; a header's value has no spaces at its ends, and a list of values is no single one.
  const isValue =
    typeof wanted === 'string' &&
    (by === 'cookie'
      ? /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{1,1024}$/
      : /^[\x21-\x7e]([\x20-\x7e]{0,1022}[\x21-\x7e])?$/
    ).test(wanted);
  return isValue ? undefined : `wrong: ${JSON.stringify(wanted)} is no value that a ${by} can have`;
}

function mirrorProblem({ next, share: percent = 100, methods, state }: Fields): string | undefined {
  const own = nextProblem(next);
  if (own !== undefined) return own;
  if (wholeProblem(percent, 0) !== undefined || (percent as number) > 100)
    return `wrong: its share is ${JSON.stringify(percent)}, and that is a whole percent from 0 to 100`;
  if (methods !== undefined) {
    const all = Array.isArray(methods) ? (methods as unknown[]) : [];
    const odd = all.find((each, i) => !METHODS.includes(each as Method) || all.indexOf(each) !== i);
    if (all.length === 0 || odd !== undefined)
      return `wrong: its methods are ${JSON.stringify(methods)}, and each is one of ${METHODS.join(', ')}, once`;
  }
  if (state === 'own' || isText(fieldsOf(state)['shared'])) return undefined;
  return "wrong: a copied request is carried out twice: give it state: 'own', or state: { shared: 'why that does no harm' }";
}

function versionProblem(given: unknown): string | undefined {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return 'not a version: { image } and perhaps replicas';
  const { image, replicas, ...others } = fieldsOf(given);
  const [other] = Object.keys(others);
  if (other !== undefined) return `not a version: ${other} is not one of image, replicas`;
  if (image !== undefined && !(typeof image === 'string' && TAGGED_IMAGE.test(image)))
    return 'a version whose image has no tag';
  return replicas === undefined
    ? undefined
    : optional(wholeProblem(replicas, 0), (problem) => `a version whose replicas is ${String(problem)}`);
}

/** What keeps a value from being a number of pods or a share of them, as the end of "is …"; undefined where it is one. */
export function shareProblem(given: unknown): string | undefined {
  const isShare = typeof given === 'string' && /^(\d{1,2}|100)%$/.test(given);
  return isShare || wholeProblem(given, 0) === undefined ? undefined : "not a number of pods or a share such as '25%'";
}

function isNone(share: unknown): boolean {
  return share === 0 || share === '0%';
}

function isText(given: unknown): boolean {
  return typeof given === 'string' && given.trim() !== '';
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(given: unknown): Fields {
  return { ...(given as Fields | null | undefined) };
}

function optional(given: unknown, problem: (value: unknown) => string | undefined): string | undefined {
  return given === undefined ? undefined : problem(given);
}
