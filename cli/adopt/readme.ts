import type { AdoptedPlan } from '../../adopt/planned';
import { listed } from '../../adopt/words';

/** The README of an adopted project: where it comes from, what is where, and what to do next. */
export function readmeOf(plan: AdoptedPlan, path: string): string {
  const { platform, kind, environments, clusters, features } = plan;
  const [first] = environments;
  const target = `${first!.name}@${first!.cluster}`;
  const folders = [...new Set([...plan.parts, ...features].map(({ folder }) => folder))];
  const rows: Readonly<Record<string, string>> = {
    workloads: 'a file for each workload with what serves and configures it',
    shared: 'what belongs to no workload, or to several',
    features: 'what only some environments have',
  };
  return `# ${platform}

${environments.map(({ name }) => name).join(', ')}: one program renders all of it to plain YAML. It was ${kind} (${path}) before, and renders the same objects, field by field.

\`\`\`sh
npm ci && npm run synth   # renders dist/
npm run adopted           # compares with what was rendered before the move
npm test                  # types, and the same
npm run verify            # what will break, before it is applied
\`\`\`

| | |
|---|---|
| \`platform.ts\` | what every target has |
${folders.map((folder) => `| \`${folder}/\` | ${rows[folder]} |\n`).join('')}| \`environments/\` | what differs between environments, each value with the file that said so; \`matrix.ts\`: what is rendered |
| \`clusters/\` | ${clusters.length > 1 ? 'a cluster for each environment' : 'the cluster'}: facts to put right |
| \`.github/\`, \`ci/\` | each pull request is told what it changes; what is merged is published once the GitOps repository is known: \`node_modules/strata/docs/ci.md\` |
| \`test/adopted/\` | what was rendered before the move |

| Do this | |
|---|---|
| see what exists | \`npx strata targets\` |
| ask why a value is what it is | \`npx strata explain ${target}\` |
| put the facts of the cluster${clusters.length > 1 ? 's' : ''} right | ${listed(clusters.map((name) => `\`clusters/${name}.ts\``))}: \`strata verify\` judges by them |
| give a value its real reason | replace the file's name in \`because(…)\` and \`patch(…)\` by why it is so |
| let strata label, order and create namespaces | replace \`plain: true\` in \`platform.ts\`, in the steps below |
| have moved | delete \`test/adopted.test.ts\` and \`test/adopted/\`; add \`npx strata verify --format github\` to the workflow |

Read on in \`node_modules/strata/docs/\`: \`adopt.md\`, \`your-platform.md\`, \`recipes.md\`, \`commands.md\`.

## Without \`plain: true\`

strata then adds labels, Argo CD's sync waves and a Namespace for each environment. That Namespace enforces the \`restricted\` Pod Security Standard, so the API
server may refuse pods that run today. Step by step, each time with \`npm run synth\` and \`npm run verify\`:

1. Put the facts of the cluster right, list each environment in \`environments/namespaces.ts\`, and remove Namespaces of your own.
2. Replace \`plain: true\` by \`podSecurity: 'privileged'\`, or by what your namespaces enforce now; delete the adopted test, as labels differ from here on.
3. Try \`'baseline'\`, then \`'restricted'\`: verify names every pod that would be refused, and what to write into it.
4. When nothing will break, remove \`podSecurity\`: \`restricted\` is the default.
`;
}
