import { FAIL_ON } from '../finding';

/** The part of JSON Schema that the configuration needs. */
export interface Schema {
  readonly description?: string;
  readonly type: 'object' | 'array' | 'string' | 'boolean';
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  /** False: other keys are errors; a schema: any key, with a value of this form. */
  readonly additionalProperties?: false | Schema;
}

const text = (description: string): Schema => ({ description, type: 'string', minLength: 1 });
const texts = (description: string): Schema => ({
  description,
  type: 'array',
  items: { type: 'string', minLength: 1 },
});
const form = (properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

const namespaceName: Schema = { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$' };

const SEVERITIES = ['will-break', 'advice', 'off'] as const;

const suppression = form(
  {
    check: text('The id of the check.'),
    object: text('The object as findings name it, `Deployment/shop/web`; `*` stands for any part of a name.'),
    container: text('Only findings of the container of this name.'),
    reason: text('Why the finding is accepted.'),
  },
  ['check', 'object', 'reason'],
);

const rule = form(
  {
    id: {
      description: 'Its name in reports: lower-case words joined by hyphens, and no check of strata.',
      type: 'string',
      pattern: '^[a-z0-9]+(-[a-z0-9]+)*$',
    },
    for: {
      description:
        'What the expression is asked of: each `object` (default), each `pod` template, or each `container` of one, init containers included. It is the variable of that name; `object` is there in any case.',
      type: 'string',
      enum: ['object', 'pod', 'container'],
    },
    kinds: texts('The kinds of objects that it applies to. All where it is left out.'),
    namespaces: texts(
      'The namespaces that it applies to; `*` stands for any part of a name. All where it is left out.',
    ),
    names: texts('The names of objects that it applies to; `*` stands for any part. All where it is left out.'),
    expression: text('CEL, as in a ValidatingAdmissionPolicy: true where all is well.'),
    message: text('What is wrong where it is false, and what follows from that.'),
    fix: text('What to do, beginning with a verb.'),
    path: text(
      'The field that the finding points to, from the object, the pod template or the container: `metadata.labels`.',
    ),
    severity: { description: 'By default `will-break`.', type: 'string', enum: ['will-break', 'advice'] },
  },
  ['id', 'expression', 'message', 'fix'],
);

/** What `.strata.yaml` may hold. Paths are relative to the file; options of the command line come before its values and beside its lists. */
export const CONFIG: Schema = form({
  cluster: text('Like --cluster: a cluster of the matrix, or a file with the facts of one.'),
  kubernetes: {
    description: 'Like --kubernetes, in quotes: "1.35".',
    type: 'string',
    pattern: '^v?1\\.[0-9]+(\\.[0-9]+)?$',
  },
  namespace: {
    ...namespaceName,
    description: 'Like --namespace: where objects that name no namespace are applied to.',
  },
  namespaces: {
    description: 'The same by path: of the objects in a folder or a file.',
    type: 'object',
    additionalProperties: namespaceName,
  },
  declare: texts('Like --declare: files or folders with objects that are defined elsewhere.'),
  complete: { description: 'Like --complete: the manifests are all there is.', type: 'boolean' },
  previous: text('Like --previous: the manifests that are applied now.'),
  skip: texts('Like --skip: checks, or groups of checks, that are not run.'),
  'fail-on': { description: 'Like --fail-on.', type: 'string', enum: FAIL_ON },
  severity: {
    description: 'By check: how much its findings count here. `off` is like skip.',
    type: 'object',
    additionalProperties: { type: 'string', enum: SEVERITIES },
  },
  suppress: { description: 'Findings that are accepted.', type: 'array', items: suppression },
  rules: { description: 'Rules of your own.', type: 'array', items: rule },
});

/** What the schema says of a configuration that fits it. */
export interface ConfigValues {
  readonly cluster?: string;
  readonly kubernetes?: string;
  readonly namespace?: string;
  readonly namespaces?: Readonly<Record<string, string>>;
  readonly declare?: readonly string[];
  readonly complete?: boolean;
  readonly previous?: string;
  readonly skip?: readonly string[];
  readonly 'fail-on'?: (typeof FAIL_ON)[number];
  readonly severity?: Readonly<Record<string, (typeof SEVERITIES)[number]>>;
  readonly suppress?: readonly {
    readonly check: string;
    readonly object: string;
    readonly container?: string;
    readonly reason: string;
  }[];
  readonly rules?: readonly OwnRule[];
}

export interface OwnRule {
  readonly id: string;
  readonly for?: 'object' | 'pod' | 'container';
  readonly kinds?: readonly string[];
  readonly namespaces?: readonly string[];
  readonly names?: readonly string[];
  readonly expression: string;
  readonly message: string;
  readonly fix: string;
  readonly path?: string;
  readonly severity?: 'will-break' | 'advice';
}
