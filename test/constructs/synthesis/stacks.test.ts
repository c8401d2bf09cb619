import { App } from 'cdk8s';
import { Dependable } from 'constructs';
import { Component } from '../../../constructs/synthesis/component';
import { originsOf } from '../../../constructs/synthesis/stacks';
import { namespaceIn } from '../../support/render';

test('every object has the calls that made it, and nothing is left behind', () => {
  const { implement } = Dependable;
  const { stackTraceLimit } = Error;
  const origins = originsOf(() => {
    const app = new App();
    namespaceIn(new Component(app, 'shop'));
    return app;
  });
  expect([...origins.keys()]).toEqual(['Namespace/shop']);
  expect(origins.get('Namespace/shop')).toContain('stacks.test.ts');
  expect(Dependable.implement).toBe(implement);
  expect(Error.stackTraceLimit).toBe(stackTraceLimit);
});

test('nothing is left behind after an error either', () => {
  const { implement } = Dependable;
  expect(() =>
    originsOf(() => {
      throw new Error('no app');
    }),
  ).toThrow('no app');
  expect(Dependable.implement).toBe(implement);
});
