import { deliverySettings } from '../constructs/delivery/delivery';
import { routeSettings } from '../constructs/delivery/route';
import { objectSettings } from '../constructs/synthesis/object-settings';
import type { FeatureContext } from '../features/feature';
import { type excluded, Matrix, type target } from '../model/matrix';
import type { SettingsGroup } from '../model/settings';

/** The settings of every platform, whatever is in it. */
const EVERYWHERE: readonly SettingsGroup[] = [routeSettings, objectSettings, deliverySettings];

/** Every combination of environment and cluster: rendered, or excluded with the reason. `components` are the settings of what every target has. */
export function matrixOf(
  components: readonly SettingsGroup[],
  ...rows: readonly (ReturnType<typeof target<FeatureContext>> | ReturnType<typeof excluded>)[]
): Matrix<FeatureContext> {
  return new Matrix([...new Set([...components, ...EVERYWHERE])], ...rows);
}
