import {
  type Expression,
  isSetting,
  namesIn,
  type SettingUse,
  settingsIn,
  statesNamespace,
  tokensIn,
} from '../expression';
import { commonOrigin } from '../origin';
import type { AdoptedPlan, PlannedObject, PlannedPart } from '../planned';
import { COMMON } from '../setting-book';
import { listed } from '../words';
import { Imports } from './imports';
import { patchCode, patchFunctions } from './patch-code';
import { type Code, type CodeField, codeOf, map, print, raw, template } from './print';
import { Repeated } from './repeated';
import { constantsOf, settingsCode } from './settings-code';
import { LongTexts } from './texts';
import { typeModuleOf } from './types';

/** The file of a part: its settings, a function for each object whose name is a hash, and what adds the objects. */
export function partFile(part: PlannedPart, plan: AdoptedPlan): string {
  return new PartFile(part, plan).text();
}

class PartFile {
  private readonly imports = new Imports();
  private readonly texts = new LongTexts();
  private readonly types = new Map<string, string>();
  private readonly codes: ReadonlyMap<PlannedObject, Code>;
  /** Labels of strings alone, and those that are computed where the objects are made. */
  private readonly labels: Repeated;
  private readonly computed: Repeated;

  constructor(
    private readonly part: PlannedPart,
    private readonly plan: AdoptedPlan,
  ) {
    const { settings, objects } = part;
    if (settings.length > 0) constantsOf(settings, this.texts);
    const inOrder = [...objects.filter(({ hashed }) => hashed), ...this.plain];
    this.codes = new Map(
      inOrder.map((object) => [object, this.codeOf(object.expression, [object.kind, object.name])] as const),
    );
    const fields = [...objects.flatMap(({ expression }) => settingsIn(expression)), ...settings].map(
      ({ field }) => field,
    );
    const functions = [...plan.parts, ...plan.features].flatMap((one) => [one.identifier, ...one.functions.values()]);
    const taken = new Set([...fields, ...functions]);
    this.labels = new Repeated([...this.codes.values()], { isComputed: false, taken: this.texts.taken });
    this.computed = new Repeated(
      this.plain.map((object) => this.codes.get(object)!),
      { isComputed: true, taken },
    );
  }

  text(): string {
    const { settings, feature } = this.part;
    const head: string[] = [];
    if (settings.length > 0) {
      this.imports.value('strata', 'settingsOf');
      this.imports.type('strata', 'ValuesOf');
      head.push(settingsCode(this.part, settings, this.imports, this.texts));
    }
    const functions = this.part.objects.filter(({ hashed }) => hashed).map((object) => this.hashedFunction(object));
    const body = feature ? this.feature() : this.adder();
    const [first, late] = [this.texts.first(), this.texts.late()];
    const labels = this.labels.declarations().map((line) => `${line}\n`);
    return [this.imports.toString(), ...labels, ...first, ...head, body, ...functions, ...late].join('\n');
  }

  private adder(): string {
    const { identifier } = this.part;
    this.imports.type('strata', 'FeatureContext');
    const lines = [
      `const component = platform.component('${this.part.name}');`,
      ...this.used(this.plain, false),
      ...this.computed.declarations('  '),
      ...this.objects(),
    ];
    return `${this.comment()}export function ${identifier}(platform: FeatureContext): void {\n${indented(lines, '  ')}}\n`;
  }

  private feature(): string {
    const { identifier, name, settings } = this.part;
    this.imports.value('strata', 'feature');
    const given = settings.length > 0 && this.plain.some(({ expression }) => this.ownSettings(expression).length > 0);
    const lines = [
      `const component = platform.component('${name}');`,
      ...this.used(this.plain, given),
      ...this.computed.declarations('    '),
      ...this.objects(),
    ];
    const own = settings.length > 0 ? `  settings: ${identifier}Settings,\n` : '';
    const fields = [...new Set(this.plain.flatMap(({ expression }) => this.ownSettings(expression)))].sort();
    const parameters = given ? `platform, { ${fields.join(', ')} }` : 'platform';
    const summary = print(codeOf(this.content()));
    const before = summary.length > 108 ? '\n    ' : ' ';
    const facts = `  group: '${groupOf(this.part)}',\n  summary:${before}${summary},\n${own}${this.patches()}`;
    const apply = this.part.objects.length > 0 ? `  apply: (${parameters}) => {\n${indented(lines, '    ')}  },\n` : '';
    return `${this.comment()}export const ${identifier} = feature('${name}', {\n${facts}${apply}});\n`;
  }

  /** What it changes of objects of others. */
  private patches(): string {
    const { patches } = this.part;
    if (patches.length === 0) return '';
    this.imports.value('strata', ...patchFunctions(patches));
    const shown = (text: string, path: readonly string[]) => this.texts.earlyName(text, path);
    const items = patches.map((patch) =>
      raw(patchCode(patch, (text, path) => shown(text, ['patches', patch.object, ...path]), '    ')),
    );
    return `  patches: ${print({ is: 'list', items }, '  ', '  patches: '.length)},\n`;
  }

  private comment(): string {
    return `/** ${this.content()}. */\n`;
  }

  /** What is in it, and where it comes from. */
  private content(): string {
    const { objects, patches, component } = this.part;
    if (objects.length === 0) {
      const names = [...new Set(patches.flatMap(({ object, others = [] }) => [object, ...others]))];
      return `Changes of ${names.length <= 5 ? listed(names) : `${names.length} objects`} from ${component}`;
    }
    const kinds = [...new Set(objects.map(({ kind }) => kind))];
    const what = kinds.length <= 5 ? listed(kinds) : `${objects.length} objects`;
    return `${what} ${this.origin()}`;
  }

  /** `from base/web.yaml`, or `from base/web` where several files are in one folder; what it is of, where they are not. */
  private origin(): string {
    const from = commonOrigin(this.part.objects.map((object) => object.from));
    return from === undefined ? `of ${this.part.name}` : `from ${from}`;
  }

  /** The objects whose code stands in the part's own function. */
  private get plain(): readonly PlannedObject[] {
    return this.part.objects.filter(({ hashed }) => !hashed);
  }

  private objects(): string[] {
    if (this.part.objects.length > 0) this.imports.value('cdk8s', 'ApiObject');
    const ids = idsOf(this.part.objects);
    return this.part.objects.map((object) => {
      const made = object.hashed
        ? `${this.part.functions.get(object.key)!}(platform)`
        : this.literal(
            object,
            this.part.feature ? '    ' : '  ',
            `new ApiObject(component, '${ids.get(object)}', `.length,
          );
      return `new ApiObject(component, '${ids.get(object)}', ${made});`;
    });
  }

  private hashedFunction(object: PlannedObject): string {
    this.imports.value('strata', 'withContentHash');
    this.imports.type('strata', 'FeatureContext');
    const name = this.part.functions.get(object.key)!;
    const { expression, hashedIf } = object;
    const uses = this.used([object], false);
    const reads = uses.length > 0 || namesIn(expression).length > 0 || statesNamespace(expression);
    const parameter = reads ? 'platform' : '_platform';
    const config = (before: string) => this.literal(object, '  ', before.length);
    const [declaration, call] = ['const config = ', 'return withContentHash('];
    const lines = hashedIf
      ? [
          ...uses,
          `${declaration}${config(declaration)};`,
          `return ${hashedIf.field} ? withContentHash(config) : config;`,
        ]
      : [...uses, `${call}${config(call)});`];
    return `/** The ${object.kind} ${object.name}: with the hash of its content in its name, so that a change rolls what reads it. */\nexport function ${name}(${parameter}: FeatureContext) {\n${indented(lines, '  ')}}\n`;
  }

  /** The object as a literal that its type checks, where there is one. */
  private literal(object: PlannedObject, indent: string, column: number): string {
    const { apiVersion, kind, isTyped, hashed } = object;
    const module = isTyped ? typeModuleOf(apiVersion, kind) : undefined;
    const code = this.labels.in(this.codes.get(object)!);
    const text = print(hashed ? code : this.computed.in(code), indent, indent.length + column, 200);
    if (module === undefined || (this.types.get(kind) ?? module) !== module) return text;
    this.types.set(kind, module);
    this.imports.type(module, kind);
    return `${text} satisfies ${kind}`;
  }

  private codeOf(expression: Expression, path: readonly string[]): Code {
    switch (expression.is) {
      case 'literal':
        return codeOf(expression.value, (text, below) => this.texts.lateName(text, [...path, ...below]));
      case 'map':
        return map(expression.fields.map(([key, field]) => this.fieldOf(key, field, path)));
      case 'list':
        return { is: 'list', items: expression.items.map((item, i) => this.codeOf(item, [...path, String(i)])) };
      case 'setting':
        return expression.setting.type === 'strings'
          ? { is: 'list', items: [raw(`...${expression.setting.field}`)] }
          : raw(expression.setting.field);
      case 'name':
        return raw(this.nameOf(expression.of));
      case 'namespace':
        return raw('');
      case 'text':
        return raw(textCode(expression.pieces));
    }
  }

  private fieldOf(key: string, field: Expression, path: readonly string[]): CodeField {
    if (field.is !== 'namespace') return { key, value: this.codeOf(field, [...path, key]) };
    this.imports.value('../environments/namespaces', 'statedNamespace');
    return { value: raw('statedNamespace(platform)') };
  }

  /** The name of an object of this or another file. */
  private nameOf(key: string): string {
    const parts = [this.part, ...this.plan.parts, ...this.plan.features];
    const home = parts.find(({ functions }) => functions.has(key))!;
    const name = home.functions.get(key)!;
    if (home.identifier !== this.part.identifier)
      this.imports.value(home.folder === this.part.folder ? `./${home.name}` : `../${home.folder}/${home.name}`, name);
    return `${name}(platform).metadata.name`;
  }

  private ownSettings(expression: Expression): string[] {
    return settingsIn(expression)
      .filter(({ group }) => group === this.part.group)
      .map(({ field }) => field);
  }

  /** What the code of objects reads of the platform, as constants. */
  private used(objects: readonly PlannedObject[], ownAreGiven: boolean): string[] {
    const tokens = new Set(objects.flatMap(({ expression }) => tokensIn(withoutStated(expression))));
    const settings = objects.flatMap(({ expression, hashedIf }) => [
      ...settingsIn(expression),
      ...(hashedIf ? [hashedIf] : []),
    ]);
    const own = fieldsOf(settings, this.part.group);
    const common = [
      ...fieldsOf(settings, COMMON),
      ...(tokens.has('prefix') ? ['namePrefix'] : []),
      ...(tokens.has('suffix') ? ['nameSuffix'] : []),
    ].sort();
    const { group, feature, identifier } = this.part;
    const where = `platform.target.settings.${group}${feature ? ` ?? ${identifier}Settings.defaults` : ''}`;
    return [
      ...(tokens.has('namespace') ? ['const namespace = platform.namespace.name;'] : []),
      ...(tokens.has('environment') ? ['const environment = platform.target.environment.name;'] : []),
      ...(common.length > 0 ? [destructured(common, 'platform.target.settings.common')] : []),
      ...(own.length > 0 && !ownAreGiven ? [destructured(own, where)] : []),
    ];
  }
}

/** The group of features that the kinds of a part belong to. */
function groupOf({ objects }: PlannedPart): string {
  const has = (pattern: RegExp) => objects.some(({ kind }) => pattern.test(kind));
  if (has(/^(Deployment|StatefulSet|DaemonSet|Job|CronJob|Pod)$/)) return 'app';
  if (has(/Autoscaler|ScaledObject/)) return 'scaling';
  if (has(/DisruptionBudget|PriorityClass/)) return 'availability';
  if (has(/^Ingress|Route$|^Gateway/)) return 'delivery';
  if (has(/Monitor$|^Prometheus/)) return 'monitoring';
  return has(/NetworkPolicy|Role|Secret|Account/) ? 'security' : 'app';
}

function destructured(names: readonly string[], from: string): string {
  const line = `const { ${names.join(', ')} } = ${from};`;
  return line.length <= 114 ? line : `const {\n${names.map((name) => `  ${name},\n`).join('')}} = ${from};`;
}

function fieldsOf(settings: readonly SettingUse[], group: string): string[] {
  return [...new Set(settings.filter((setting) => setting.group === group).map(({ field }) => field))].sort();
}

/** Without namespaces that a function states. */
function withoutStated(expression: Expression): Expression {
  if (expression.is === 'namespace') return { is: 'literal', value: '' };
  if (expression.is === 'map')
    return { is: 'map', fields: expression.fields.map(([key, field]) => [key, withoutStated(field)]) };
  return expression.is === 'list' ? { is: 'list', items: expression.items.map(withoutStated) } : expression;
}

const TOKENS = {
  namespace: 'namespace',
  environment: 'environment',
  prefix: 'namePrefix',
  suffix: 'nameSuffix',
} as const;

function textCode(pieces: Extract<Expression, { is: 'text' }>['pieces']): string {
  const codes = pieces.map((piece) =>
    typeof piece === 'string' ? piece : { code: isSetting(piece) ? piece.field : TOKENS[piece.token] },
  );
  const [only] = codes;
  return codes.length === 1 && typeof only === 'object' ? only.code : template(codes);
}

/** Construct ids: the kind, and the name where a part has several of a kind. */
function idsOf(objects: readonly PlannedObject[]): ReadonlyMap<PlannedObject, string> {
  const ids = new Map<PlannedObject, string>();
  const taken = new Set<string>();
  for (const object of objects) {
    const kind = object.kind.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
    const several = objects.filter((other) => other.kind === object.kind).length > 1;
    const candidates = [
      ...(several ? [] : [kind]),
      `${kind}-${object.name}`,
      `${kind}-${object.name}-${object.apiVersion.replaceAll('/', '-')}`,
      object.key,
    ];
    const id = candidates.map((one) => one.replaceAll(/[/'\\]/g, '-')).find((one) => !taken.has(one))!;
    taken.add(id);
    ids.set(object, id);
  }
  return ids;
}

function indented(lines: readonly string[], indent: string): string {
  return lines.map((line) => `${indent}${line}\n`).join('');
}
