import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { commands } from '../../cli/commands';
import { judgingCommands } from '../../cli/judging';
import { program } from '../../cli/program';
import { composition as compositionOf } from '../../composition/composition';
import { matrixOf } from '../../composition/matrix';
import { components } from '../../constructs/app/components';
import { Controller } from '../../constructs/core/controller';
import { ExpectedSecret } from '../../constructs/core/expected-secret';
import { Volume } from '../../constructs/core/volume';
import { Workload } from '../../constructs/core/workload';
import { cluster } from '../../model/cluster';
import type { SecretDelivery } from '../../model/cluster-facts';
import { target } from '../../model/matrix';
import type { SecretContract } from '../../model/secret-contract';
import { course } from '../../platform';
import { renderedManifests, verifyManifests } from '../../verify';
import { anEnvironment } from '../model/support';
import { newFolder } from '../render/support';

// A cluster without a store: people make its Secrets.
const edge = cluster('edge', {
  kubernetes: '1.33',
  domain: 'shop.example.com',
  pools: { all: { nodes: 2, allocatable: { cpu: '4', memory: '8Gi' } } },
  network: { plugin: 'flannel', enforcesPolicies: false },
  storage: [
    {
      name: 'local-path',
      provisioner: 'rancher.io/local-path',
      isDefault: true,
      binding: 'WaitForFirstConsumer',
      reclaim: 'Delete',
      expandable: false,
    },
  ],
  kubeletCertificates: 'unsigned',
  podSecurity: 'baseline',
  resourceMetrics: true,
  imagePullSecrets: ['registry'],
  argoCluster: 'edge',
});
const prod = anEnvironment('prod', { ephemeral: false });
const dev = anEnvironment('dev', { ephemeral: true });

/** The course's platform, and a workload that mounts these keys of a Secret that a person makes; or of the wrong one. */
function project(
  keys: readonly string[],
  { name, secrets }: { readonly name?: string; readonly secrets?: SecretDelivery } = {},
) {
  const place = secrets ? { ...edge, secrets } : edge;
  return compositionOf({
    ...course,
    matrix: matrixOf(components, target(prod, place, []), target(dev, place, [])),
    compose: (platform) => {
      course.compose(platform);
      const scope = platform.component('mailer');
      const secret = new ExpectedSecret(scope, 'mail', {
        namespace: platform.namespace,
        source: platform.credentials('1'),
        keys: { token: { format: 'of the mail provider', generate: (digits) => digits } },
      });
      new Workload(scope, 'mailer', {
        namespace: platform.namespace,
        controller: Controller.deployment(),
        pod: {
          container: {
            name: 'mailer',
            image: 'registry.example.com/mailer:1.0.0',
            resources: { cpu: '10m', memory: '16Mi' },
            mounts: [
              secrets
                ? secret.files(...keys).at('/mail')
                : Volume.secret('mail', () => name ?? secret.name, keys).at('/mail'),
            ],
          },
        },
      });
    },
  });
}
const strata = program({ version: '1.0.0', commands, judgingCommands });
async function call(composition: ReturnType<typeof project> | undefined, ...args: readonly string[]) {
  const out: string[] = [];
  const code = await strata.run(args, {
    env: {},
    ...(composition ? { composition: () => composition } : {}),
    print: (line) => out.push(line),
    printError: (line) => out.push(line),
  });
  return { code, out: out.join('\n') };
}
const REFERENCES = ['--only', 'references', '--format', 'json'];
const findings = async (composition: ReturnType<typeof project> | undefined, ...args: readonly string[]) => {
  const { code, out } = await call(composition, 'verify', ...args, ...REFERENCES);
  const report = JSON.parse(out) as { findings: { check: string; object: string; message: string; verdict: string }[] };
  return { code, found: report.findings.map(({ check, object }) => `${check} ${object}`), report };
};

describe('`strata secrets`', () => {
  test('prints a script for what people make, with the ACL file of Redis', async () => {
    const { code, out } = await call(project(['token']), 'secrets', 'prod@edge');
    expect(code).toBe(0);
    expect(out).toMatch(/kubectl create secret generic redis-credentials-1-[0-9a-f]{10} --namespace course-prod/);
    expect(out).toContain('user web on #$(sha256_of web) ~visits:*');
    expect(out).toMatch(/kubectl create secret generic mail-1-[0-9a-f]{10} --namespace course-prod/);
    expect(out).toContain('Secret course-prod/registry (type kubernetes.io/dockerconfigjson), which the platform team');
  });
  test('says of an ephemeral environment that passwords are generated, and prints none', async () => {
    const composition = project(['token']);
    const { out } = await call(composition, 'secrets', 'dev@edge');
    expect(out).toMatch(
      /generated, as the environment is ephemeral: mail-[0-9a-f]{10}, redis-credentials-[0-9a-f]{10}/,
    );
    expect(out).not.toContain('kubectl');
    const { text } = renderedManifests(composition, 'dev@edge');
    const values = [...text.matchAll(/^ {2}(?:token|web|exporter): (\S+)$/gm)].map(([, value]) => value!);
    expect(values.length).toBe(3);
    for (const value of values) {
      expect(out).not.toContain(value);
      expect(out).not.toContain(Buffer.from(value, 'base64').toString());
    }
  });
  test('prints the contract for programs', async () => {
    const { out } = await call(project(['token']), 'secrets', 'prod@edge', '--format', 'json');
    const [{ secrets }] = JSON.parse(out);
    expect(secrets.map(({ name }: { name: string }) => name.replace(/-1-[0-9a-f]{10}$/, ''))).toEqual([
      'mail',
      'redis-credentials',
      'registry',
    ]);
    expect(secrets[0].keys).toEqual([{ key: 'token', format: 'of the mail provider' }]);
  });
});

describe('a Secret that a target expects from outside is known to `strata verify`', () => {
  test('of the target itself', async () =>
    expect(await findings(project(['token']), 'prod@edge')).toMatchObject({ code: 0, found: [] }));

  test('with its keys: another one is a finding', async () => {
    const { code, found, report } = await findings(project(['tokn']), 'prod@edge');
    expect(code).toBe(1);
    expect(found).toEqual(['volume-item-key-exists Deployment/course-prod/mailer']);
    expect(report.findings[0]!.message).toContain('token');
  });

  test('and only by its name: another Secret is missing', async () =>
    expect((await findings(project(['token'], { name: 'mail' }), 'prod@edge')).found).toEqual([
      'secret-exists Deployment/course-prod/mailer',
    ]));

  test('to programs that judge a target', () => {
    const { findings } = verifyManifests(renderedManifests(project(['token']), 'prod@edge'), { only: ['references'] });
    expect(findings).toEqual([]);
  });

  describe('of a rendered tree, without the project', () => {
    let tree: string;
    beforeAll(async () => {
      tree = join(newFolder(), 'dist');
      expect((await call(project(['token']), 'render', '--out', tree)).code).toBe(0);
    });
    test.each([
      ['the tree', ''],
      ['the folder of its cluster', 'edge'],
      ['the folder of the target', 'edge/prod'],
      ['one of its files', 'edge/prod/10-redis.yaml'],
    ])('%s', async (_, path) =>
      expect(
        (await findings(undefined, join(tree, path))).report.findings.filter(({ check }) => check.startsWith('secret')),
      ).toEqual([]),
    );
    test('as its index says: names and keys, and no value', () => {
      const { targets } = JSON.parse(readFileSync(join(tree, 'index.json'), 'utf8'));
      expect(targets['edge/prod'].secrets).toContainEqual({
        namespace: 'course-prod',
        name: expect.stringMatching(/^mail-1-/),
        keys: ['token'],
      });
      expect(targets['edge/dev'].secrets).toEqual([
        {
          namespace: 'course-dev',
          name: 'registry',
          type: 'kubernetes.io/dockerconfigjson',
          keys: ['.dockerconfigjson'],
        },
      ]);
    });
    test('a target that is not rendered again keeps what it expects', async () => {
      await call(project(['token']), 'render', 'dev@edge', '--out', tree);
      expect((await findings(undefined, join(tree, 'edge/prod'))).found).toEqual([]);
    });
    test('an index that says nonsense is none', async () => {
      const folder = newFolder();
      const file = join(folder, 'edge/prod/a.yaml');
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(
        file,
        readFileSync(join(tree, 'edge/prod/10-mailer.yaml'), 'utf8').concat(
          '---\napiVersion: v1\nkind: Namespace\nmetadata: { name: course-prod }\n',
        ),
      );
      for (const index of ['{', '[]', '{"targets":{"edge/prod":{"secrets":[1,{"name":"x"}]}}}']) {
        writeFileSync(join(folder, 'index.json'), index);
        expect((await findings(undefined, join(folder, 'edge/prod'))).found).toContain(
          'secret-exists Deployment/course-prod/mailer',
        );
      }
    });
  });
});

describe('Secrets that come another way to the cluster', () => {
  const folder = relative(process.cwd(), newFolder());
  const ENC = 'ENC[AES256_GCM,data:tkyQPQODC3g=,iv:yXliYhn3WH4=,tag:9OOvCtbx==,type:str]';
  /** Writes each Secret that `strata secrets` names, as the program that encrypts it would. */
  async function write(composition: ReturnType<typeof project>) {
    const [{ secrets }] = JSON.parse((await call(composition, 'secrets', 'prod@edge', '--format', 'json')).out);
    for (const { namespace, name, origin, keys } of secrets as SecretContract[]) {
      if (!('file' in origin)) continue;
      const file = join(process.cwd(), origin.file);
      mkdirSync(dirname(file), { recursive: true });
      const values = Object.fromEntries(keys.map(({ key }) => [key, origin.from === 'sops' ? ENC : 'AgBy3i4OJSWK']));
      const metadata = { name, namespace };
      writeFileSync(
        file,
        JSON.stringify(
          origin.from === 'sops'
            ? { apiVersion: 'v1', kind: 'Secret', metadata, data: values, sops: { mac: ENC } }
            : { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', metadata, spec: { encryptedData: values } },
        ),
      );
    }
  }

  test.each<[string, SecretDelivery, kind: string]>([
    ['sealed', { by: 'sealed-secrets', folder: `${folder}/sealed` }, 'SealedSecret'],
    ['encrypted by SOPS', { by: 'sops', folder: `${folder}/sops` }, 'Secret'],
  ])(
    '%s: they are asked for, told how to make, rendered as they are, and nothing is found',
    async (_, secrets, kind) => {
      const composition = project(['token'], { secrets });
      const missing = await call(composition, 'render', '--out', join(newFolder(), 'dist'));
      expect(missing.code).toBe(2);
      expect(missing.out).toContain('prod@edge/redis-credentials.yaml: is not there');
      await write(composition);
      const tree = join(newFolder(), 'dist');
      expect((await call(composition, 'render', '--out', tree)).code).toBe(0);
      const index = JSON.parse(readFileSync(join(tree, 'index.json'), 'utf8'));
      const kinds = index.targets['edge/prod'].objects.map((object: { kind: string }) => object.kind);
      expect(kinds.filter((one: string) => one === kind)).toHaveLength(2);
      for (const words of [['prod@edge'], [tree, '--cluster', 'edge']]) {
        const report = JSON.parse((await call(composition, 'verify', ...words, '--format', 'json')).out);
        expect(report.findings.filter(({ severity }: { severity: string }) => severity === 'will-break')).toEqual([]);
      }
    },
  );

  test('by the CSI driver: there is no Secret, and nothing is found', async () => {
    const composition = project(['token'], { secrets: { by: 'csi', provider: 'vault', prefix: 'secret/data/' } });
    const report = JSON.parse((await call(composition, 'verify', 'prod@edge', '--format', 'json')).out);
    expect(report.findings.filter(({ severity }: { severity: string }) => severity === 'will-break')).toEqual([]);
    expect((await call(composition, 'secrets', 'prod@edge')).out).toContain(
      '# The store must hold at secret/data/course-prod/redis-credentials:',
    );
  });
});
