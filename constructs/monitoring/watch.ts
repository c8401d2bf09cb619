import { ApiObject } from 'cdk8s';
import { Construct, type IConstruct } from 'constructs';
import { StrataError } from '../../model/errors';
import { ERROR_RATIO_ANNOTATION, ERROR_RATIO_LIMIT_ANNOTATION } from '../../model/marks';
import type { ReleaseForm } from '../../model/release';
import { isControlled } from '../../model/release';
import type { FlowEnd } from '../core/flow';
import type { JudgedTimes } from '../core/rollout';
import { judgedTimes } from '../core/rollout';
import type { Alert } from './alert';
import { checkAlert, checkExpression } from './alert';
import type { ObjectLabels } from './object-state';
import { checkObjectLabels, resourcesIn } from './object-state';
import { errorRatioOf } from './requests';
import type { RecordingRule } from './rule-groups';
import type { Slo } from './slo';
import { checkSlo, pagedRatio } from './slo';

export interface WatchProps {
  /** Whose series the rules are about: their group is called like it. */
  readonly of: FlowEnd;
  /** @default - none */
  readonly alerts?: readonly Alert[];
  /** @default - none */
  readonly objectives?: readonly Omit<Slo, 'of'>[];
  /** How it is released, which may take a version back by what is measured of it. @default - nothing is measured for it */
  readonly release?: ReleaseForm;
}

/** What has to be watched of a workload: it renders nothing; the Prometheus of a target makes its rules from it. */
export class Watch extends Construct {
  readonly of: FlowEnd;
  readonly alerts: readonly Alert[];
  readonly objectives: readonly Slo[];
  /** What a release of it is judged by; undefined where nothing is. */
  readonly judged: JudgedTimes | undefined;
  /** Whether a Prometheus is asked for it. */
  isMeasured = false;

  constructor(scope: Construct, id: string, { of, alerts = [], objectives = [], release }: WatchProps) {
    super(scope, id);
    this.of = of;
    this.alerts = alerts;
    this.objectives = objectives.map((objective) => ({ ...objective, of }));
    for (const alert of alerts) checkAlert(of.app, alert);
    checkAlertNames(of.app, alerts);
    for (const objective of this.objectives) checkSlo(objective);
    for (const version of of.others ?? []) this.annotate(version);
    this.judged = release && isControlled(release) ? judgedTimes(release) : undefined;
    // Checked when everything is known: a Prometheus comes after what it scrapes.
    this.node.addValidation({ validate: () => this.checkMeasured() });
  }

  private checkMeasured(): string[] {
    if (!this.judged || this.isMeasured) return [];
    throw new StrataError(`${this.of.app}, release`, 'has a judge, and no Prometheus of the target measures anything', [
      'add the feature prometheus to the target',
      'leave judge out: a watch only waits then',
    ]);
  }

  /** Says at a further version how it is told that it fails: what would be a page is too much for it. */
  private annotate(version: FlowEnd): void {
    const [objective] = this.objectives.filter(({ indicator }) => 'availability' in indicator);
    const controller = version.node.children.find((child) => ApiObject.isApiObject(child));
    if (!objective || !controller) return;
    const { metadata } = controller;
    metadata.addAnnotation(ERROR_RATIO_ANNOTATION, errorRatioOf(this.of, version, checkSlo(objective)));
    metadata.addAnnotation(ERROR_RATIO_LIMIT_ANNOTATION, pagedRatio(objective));
  }
}

/** Throws where one place has two alerts of a name. */
function checkAlertNames(place: string, alerts: readonly Alert[]): void {
  const names = alerts.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return;
  throw new StrataError(`${place}, alert ${twice}`, 'is there twice', [
    'remove one of the two, or give it another name',
    'make one of them: their expressions joined by or',
  ]);
}

/** A recording rule, and what it needs to be told of objects. */
export interface Recording extends RecordingRule {
  /** Labels of objects that `expr` asks for. @default - none */
  readonly objectLabels?: ObjectLabels;
}

/** The rules of a set. */
export interface SetRules {
  /** @default - none */
  readonly recordings?: readonly Recording[];
  readonly alerts: readonly Alert[];
}

export interface RuleSetProps {
  /** What its group is called, such as `nodes`. */
  readonly name: string;
  /** A function is called when everything is known, such as the namespaces of a target. */
  readonly rules: SetRules | (() => SetRules);
  /** Their series are those of kubelets: a Prometheus that scrapes none does not load them. @default false */
  readonly ofKubelets?: boolean;
}

/** Rules that are not about one workload, such as those about nodes. Like a Watch it renders nothing. */
export class RuleSet extends Construct {
  readonly name: string;
  readonly ofKubelets: boolean;
  private readonly rules: () => SetRules;

  constructor(scope: Construct, id: string, { name, rules, ofKubelets = false }: RuleSetProps) {
    super(scope, id);
    this.name = name;
    this.ofKubelets = ofKubelets;
    this.rules = typeof rules === 'function' ? rules : () => rules;
    if (typeof rules !== 'function') this.checked();
  }

  get recordings(): readonly Recording[] {
    return this.checked().recordings ?? [];
  }

  get alerts(): readonly Alert[] {
    return this.checked().alerts;
  }

  private checked(): SetRules {
    const { recordings = [], alerts } = this.rules();
    for (const alert of alerts) checkAlert(this.name, alert);
    checkAlertNames(this.name, alerts);
    for (const { record, expr, objectLabels } of recordings) {
      checkExpression(`${this.name}, recording ${record}`, expr);
      resourcesIn(`${this.name}, recording ${record}`, expr);
      checkObjectLabels(`${this.name}, recording ${record}`, expr, objectLabels);
    }
    return { recordings, alerts };
  }
}

/** Every such set in a tree, by name. */
export function ruleSetsIn(root: IConstruct): RuleSet[] {
  return root.node
    .findAll()
    .filter((node): node is RuleSet => node instanceof RuleSet)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Everything that is watched in a tree, by the workload's name. */
export function watchesIn(root: IConstruct): Watch[] {
  return root.node
    .findAll()
    .filter((node): node is Watch => node instanceof Watch)
    .sort((a, b) => (a.of.app < b.of.app ? -1 : 1));
}
