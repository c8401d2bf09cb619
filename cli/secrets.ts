import { secretsJson, secretsText } from '../report/secrets';
import type { Run } from './options/table';
import type { secrets } from './tables';

export const command: Run<typeof secrets> = (project, { values: { format }, words }, host) => {
  const targets = project.matrix.targets(words).map((target) => {
    host.progress?.(`reading ${target.name}`);
    return { target: target.name, ephemeral: target.environment.ephemeral, secrets: project.secrets(target) };
  });
  if (format === 'json') host.print(secretsJson(targets));
  else for (const line of secretsText(targets)) host.print(line);
};
