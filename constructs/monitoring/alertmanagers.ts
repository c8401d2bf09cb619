import type { IConstruct } from 'constructs';
import type { EndPort } from '../core/flow';
import { Alertmanager } from './alertmanager';
import { OperatedAlertmanager } from './operated-alertmanager';

/** The port of the Alertmanagers in a tree, in whichever form: each pod behind it is told of alerts; undefined where there are none. */
export function alertsIn(root: IConstruct): EndPort | undefined {
  return root.node
    .findAll()
    .find(
      (node): node is Alertmanager | OperatedAlertmanager =>
        node instanceof Alertmanager || node instanceof OperatedAlertmanager,
    )?.alerts;
}
