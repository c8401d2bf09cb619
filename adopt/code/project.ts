import { type SettingUse, statesNamespace } from '../expression';
import type { AdoptedPlan, PlannedPart } from '../planned';
import { COMMON } from '../setting-book';
import { layersOf } from '../shared-layers';
import { camel } from '../words';
import { environmentFile, layerFile } from './environment-file';
import { Imports } from './imports';
import { partFile } from './part-file';
import { codeOf, print, raw } from './print';
import { constantsOf, settingsCode } from './settings-code';
import { LongTexts } from './texts';

/** Every file of code that an adopted platform is, by path; the files around it are those of any project. */
export function filesOf(plan: AdoptedPlan): ReadonlyMap<string, string> {
  const names = new Names(plan);
  const layers = layersOf(plan);
  return new Map([
    ...[...plan.parts, ...plan.features].map(
      (part) => [`${part.folder}/${part.name}.ts`, partFile(part, plan)] as const,
    ),
    ...layers.map((layer) => [`environments/${layer.name}.ts`, layerFile(layer)] as const),
    ...plan.environments.map(
      (one) =>
        [`environments/${one.name}.ts`, environmentFile(one, names.environment(one.name), layers, plan)] as const,
    ),
    ...plan.clusters.map((cluster) => [`clusters/${cluster}.ts`, clusterFile(cluster, names, plan)] as const),
    ...(plan.common.length > 0 ? [['shared/settings.ts', commonFile(plan.common)] as const] : []),
    ['environments/namespaces.ts', namespacesFile(plan)],
    ['environments/matrix.ts', matrixFile(plan, names)],
    ['platform.ts', platformFile(plan)],
    ['test/adopted.test.ts', TEST],
  ]);
}

/** What environments and clusters are called in code. */
class Names {
  private readonly taken: Set<string>;
  private readonly environments = new Map<string, string>();
  private readonly clusters = new Map<string, string>();

  constructor(plan: AdoptedPlan) {
    this.taken = new Set([...plan.features, ...plan.parts].map(({ identifier }) => identifier));
    for (const { name } of plan.environments) this.environments.set(name, this.free(name, 'environment'));
    for (const name of plan.clusters) this.clusters.set(name, this.free(name, 'cluster'));
  }

  private free(name: string, what: string): string {
    const plain = camel(name);
    const isPlain = !plain.endsWith('Value') && !this.taken.has(plain);
    let free = isPlain ? plain : camel(`${name}-${what}`);
    while (this.taken.has(free)) free = `${free}Place`;
    this.taken.add(free);
    return free;
  }

  environment(name: string): string {
    return this.environments.get(name)!;
  }

  cluster(name: string): string {
    return this.clusters.get(name)!;
  }
}

function clusterFile(name: string, names: Names, { kubernetes }: AdoptedPlan): string {
  return `import { cluster } from 'strata';

/**
 * Where it runs. Nothing is known of it yet: these facts stand in for the cluster's own. Put them right, because they are what
 * \`strata verify\` judges by.
 */
export const ${names.cluster(name)} = cluster('${name}', {
  kubernetes: '${kubernetes}',
  domain: '${name}.example.com',
  pools: { nodes: { nodes: 3, allocatable: { cpu: '8', memory: '32Gi' } } },
  network: { plugin: 'unknown', enforcesPolicies: true },
  storage: [],
  kubeletCertificates: 'signed',
  podSecurity: 'privileged',
  resourceMetrics: true,
  argoCluster: '${name}',
});
`;
}

function commonFile(settings: readonly SettingUse[]): string {
  const imports = new Imports();
  imports.value('strata', 'settingsOf');
  imports.type('strata', 'ValuesOf');
  const texts = new LongTexts();
  const constants = constantsOf(settings, texts);
  const code = settingsCode({ identifier: 'common', group: COMMON, feature: false }, settings, imports, texts);
  return [imports.toString(), ...constants, code].join('\n');
}

function namespacesFile({ environments, parts, features }: AdoptedPlan): string {
  const known = Object.fromEntries(
    environments.flatMap(({ name, namespace }) => (namespace === undefined ? [] : [[name, namespace]])),
  );
  const namespaces = `/** The namespace of each environment. Objects of one that is not listed name none: whoever applies them says where. */
export const NAMESPACES: Readonly<Record<string, string>> = ${print(codeOf(known), '', 70)};
`;
  const isStated = [...parts, ...features].some(({ objects }) =>
    objects.some(({ expression }) => statesNamespace(expression)),
  );
  if (!isStated) return namespaces;
  return `import type { FeatureContext } from 'strata';

${namespaces}
/** The namespace of an object, where its environment has one. */
export function statedNamespace({ target }: Pick<FeatureContext, 'target'>): { readonly namespace?: string } {
  const namespace = NAMESPACES[target.environment.name];
  return namespace === undefined ? {} : { namespace };
}
`;
}

function matrixFile(plan: AdoptedPlan, names: Names): string {
  const imports = new Imports();
  imports.value('strata', 'matrixOf', 'target');
  const groups: string[] = [];
  if (plan.common.length > 0) {
    imports.value('../shared/settings', 'commonSettings');
    groups.push('commonSettings');
  }
  for (const { settings, identifier, folder, name } of plan.parts) {
    if (settings.length === 0) continue;
    imports.value(`../${folder}/${name}`, `${identifier}Settings`);
    groups.push(`${identifier}Settings`);
  }
  for (const { name, identifier } of plan.features) imports.value(`../features/${name}`, identifier);
  for (const name of plan.clusters) imports.value(`../clusters/${name}`, names.cluster(name));
  const rows = plan.environments.map(({ name, cluster, features }) => {
    imports.value(`./${name}`, names.environment(name));
    const list = print({ is: 'list', items: features.map(({ identifier }) => raw(identifier)) }, '  ', 60);
    return `  target(${names.environment(name)}, ${names.cluster(cluster)}, ${list}),\n`;
  });
  const own = print({ is: 'list', items: groups.map(raw) }, '  ');
  return `${imports}
/** Every environment on its cluster: a target with its features, or \`excluded(environment, cluster, 'why')\`. */
${EXPORTED} matrix = matrixOf(
  ${own},

${rows.join('')});
`;
}

function platformFile(plan: AdoptedPlan): string {
  const imports = new Imports();
  imports.type('strata', 'PlatformSpec');
  imports.value('./environments/namespaces', 'NAMESPACES');
  for (const { name, identifier, folder } of plan.parts) imports.value(`./${folder}/${name}`, identifier);
  const calls = plan.parts.map(({ identifier }: PlannedPart) => `    ${identifier}(platform);\n`).join('');
  const compose = calls === '' ? 'compose: () => {}' : `compose: (platform) => {\n${calls}  }`;
  return `${imports}
/** What every target has. Its features add to it. */
export const spec: PlatformSpec = {
  name: '${plan.platform}',
  namespaceOf: ({ environment }) => NAMESPACES[environment.name] ?? 'default',
  // All is rendered as it was before the move. Without this line strata adds labels, sync waves and a Namespace that may
  // refuse pods: README.md has the steps.
  plain: true,
  ${compose},
};
`;
}

/** Apart, so that nobody takes the written code for this file's own. */
const EXPORTED = 'export const';

const TEST = `import { testAdopted } from 'strata/testing';
import platform from '../main';

// What was rendered before the move. Delete this file and the folder when you begin to change what is rendered.
testAdopted(platform, { folder: \`\${__dirname}/adopted\` });
`;
