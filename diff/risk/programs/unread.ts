import { runsProgram } from '../../../manifests/programs';
import { configuredAlertmanagers } from '../../../world/alertmanager';
import { configuredPrometheuses } from '../../../world/prometheus';
import type { WorldChange } from '../risk';
import type { ChangedFile } from './changed-files';
import { corefileEffects, isCorefile } from './corefile';
import { isNginxFile, nginxEffects } from './nginx';

/** Whether a changed file decides what a program does in a way that no rule reads as a whole. */
export function hasUnknownEffects(diff: WorldChange, file: ChangedFile): boolean {
  if (isShown(file.name) || isReadWhole(diff, file)) return false;
  // Of a Secret most keys are what somebody proves himself by, and are used as that.
  if (file.isSecret && !CONFIGURES.test(file.name)) return false;
  if (isCorefile(file)) return corefileEffects(file).hasUnknown;
  if (isNginxFile(file)) return nginxEffects(file).hasUnknown;
  return true;
}

/** What is handed out or shown as it is. */
function isShown(name: string): boolean {
  return /\.(html?|css|md|svg|png|jpe?g|gif|ico|webp|woff2?|ttf)$/i.test(name);
}

const CONFIGURES = /\.(ya?ml|json|conf|cfg|cnf|ini|toml|xml|properties|hcl|lua|py|sh|js|sql|rules|acl)$/i;

/** Prometheus, Alertmanager and dashboards: rules of their own look at what they do otherwise. */
function isReadWhole(diff: WorldChange, { name, readers, before, after }: ChangedFile): boolean {
  const text = after ?? before ?? '';
  if (name.endsWith('.json') && /"panels"\s*:/.test(text)) return true;
  if (readers.length === 0) return isOfPrometheus(text) || (/^route:/m.test(text) && /^receivers:/m.test(text));
  if (isOfPrometheus(text) && readers.some(({ container }) => runsProgram(container, 'prometheus'))) return true;
  const world = after === undefined ? diff.before : diff.after;
  return (
    configuredPrometheuses(world).some(({ configuration, rules, jobFiles }) =>
      [configuration, ...rules, ...jobFiles].some((file) => file.text === text),
    ) || configuredAlertmanagers(world).some(({ file }) => file.text === text)
  );
}

function isOfPrometheus(text: string): boolean {
  return /^(scrape_configs|groups):/m.test(text);
}
