import { describe, expect, it } from 'vitest';

import type { Attribute, Label } from '../api';
import { freshAttribute, freshLabel, problem, sound, valuesFrom } from './draft';

const other: Label = { ...freshLabel('car'), id: 1, key: 'c' };
const gone: Label = { ...freshLabel('bus'), id: 2, key: 'b', archived: true };
const label = (more: Partial<Label> = {}): Label => ({ ...freshLabel('truck'), ...more });
const attribute = (more: Partial<Attribute>): Attribute => ({ ...freshAttribute('text', 'plate'), ...more });

describe('a label in the form', () => {
  it.each<[Partial<Label>, RegExp | null]>([
    [{}, null],
    [{ name: '  ' }, /Give it a name/],
    [{ name: 'car' }, /Another label/],
    [{ name: 'bus', key: 'b' }, null],
    [{ key: 'c' }, /"car" has this key/],
    [{ attributes: [attribute({}), attribute({ name: 'plate ' })] }, /name of its own/],
    [{ attributes: [attribute({ kind: 'select' })] }, /plate: write at least one value/],
    [{ attributes: [attribute({ kind: 'radio', values: ['a', 'b'], default: 'c' })] }, /plate: .*one of its values/],
    [{ attributes: [attribute({ kind: 'select', values: ['a', 'b'], default: 'b' })] }, null],
    [{ attributes: [attribute({ kind: 'number', values: ['5', '1', '1'], default: '2' })] }, /plate: least, most/],
    [{ attributes: [attribute({ kind: 'number', values: ['', '9', '1'], default: '2' })] }, /plate: least, most/],
    [{ attributes: [attribute({ kind: 'number', values: ['0', '9', '1'], default: '10' })] }, /plate: .*one of its/],
    [{ attributes: [freshAttribute('number', 'n'), freshAttribute('checkbox', 'c')] }, null],
    [{ shape: 'skeleton' }, /at least one point/],
    [{ shape: 'skeleton', skeleton: { joints: [{ name: '1', x: 0, y: 0 }], edges: [] } }, null],
  ])('%o: %s', (more, want) => {
    const found = problem(label(more), [other, gone]);
    if (want) expect(found).toMatch(want);
    else expect(found).toBeNull();
  });

  it('keeps its own name and key', () => {
    expect(problem({ ...other, colour: '#000000' }, [other, gone])).toBeNull();
  });

  it('is sent trimmed, and without a skeleton where it is drawn otherwise', () => {
    const sent = sound(label({ name: ' truck ', attributes: [attribute({ name: ' plate ' })], skeleton: { joints: [], edges: [] } }));
    expect(sent).toMatchObject({ name: 'truck', skeleton: null });
    expect(sent.attributes[0]?.name).toBe('plate');
  });

  it('takes values by lines', () => {
    expect(valuesFrom(' red\n\nblue \nred')).toEqual(['red', 'blue']);
  });
});
