// @ts-check
/**
 * A small, strict YAML, as metabosim's own files are read (yamlfile.py): mappings, lists, text, numbers, true, false, null.
 *
 * What comes back is plain data. Anchors, aliases, tags, directives, several documents and keys that are no text are
 * refused, with line and column, and nothing is ever run.
 */

import { LineCounter, isAlias, isMap, isScalar, isSeq, parseAllDocuments } from './vendor/yaml.js';
import { t } from './texts.js';

const MOST_BYTES = 64 * 1024;
const DEEPEST = 20;
const NUMBER = /^[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/;
// controls but for line ends; characters that reorder, hide or end lines unseen
// eslint-disable-next-line no-control-regex
const UNWANTED = /[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/u;
/** @type {Map<string, boolean | null>} */
const CONSTANTS = new Map([
  ['true', true], ['True', true], ['TRUE', true], ['false', false], ['False', false], ['FALSE', false],
  ['', null], ['~', null], ['null', null], ['Null', null], ['NULL', null],
]);
const UNSAFE = new Set(['__proto__', 'constructor', 'prototype']);

/** What is wrong with a file: a message for its reader. */
export class FileFault extends Error {}

/** @param {string} text @param {number} [offset] */
function place(text, offset = 0) {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - before.lastIndexOf('\n') };
}

/** @param {string} text @param {number | undefined} offset @param {string} message @returns {never} */
function refuse(text, offset, message) {
  throw new FileFault(t('at-line', { ...place(text, offset), message }));
}

/** Brackets opened within each other, so that no parser has to recurse for long. @param {string} text */
function bracketDepth(text) {
  let depth = 0;
  let deepest = 0;
  for (const letter of text) {
    if (letter === '[' || letter === '{') deepest = Math.max(deepest, ++depth);
    else if (letter === ']' || letter === '}') depth = Math.max(0, depth - 1);
  }
  return deepest;
}

/**
 * The content of a YAML file as plain data; FileFault says in words what is wrong with it.
 * @param {string} source @returns {unknown}
 */
export function readYaml(source) {
  const text = source.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
  if (new TextEncoder().encode(text).length > MOST_BYTES) throw new FileFault(t('file-too-large', { kb: MOST_BYTES / 1024 }));
  const unwanted = UNWANTED.exec(text);
  if (unwanted !== null) {
    const code = /** @type {number} */ (unwanted[0].codePointAt(0)).toString(16).toUpperCase().padStart(4, '0');
    refuse(text, unwanted.index, t('file-character', { code }));
  }
  if (bracketDepth(text) > 4 * DEEPEST) refuse(text, 0, t('file-deep', { most: DEEPEST }));
  let documents;
  try {
    documents = parseAllDocuments(text, { lineCounter: new LineCounter(), uniqueKeys: true, prettyErrors: false, schema: 'failsafe' });
  } catch {
    throw new FileFault(t('file-no-yaml'));
  }
  if (!Array.isArray(documents) || documents.length === 0) throw new FileFault(t('file-empty'));
  if (documents.length > 1) refuse(text, documents[1].range?.[0], t('file-several'));
  const [document] = documents;
  const [error] = [...document.errors, ...document.warnings];
  if (error) refuse(text, error.pos[0], String(error.message).split('\n')[0].slice(0, 200));
  if (document.directives?.docStart && /^%/m.test(text)) refuse(text, 0, t('file-directive'));
  const value = plain(document.contents, text, 0);
  if (value === null) throw new FileFault(t('file-empty'));
  return value;
}

/** @param {any} node @param {string} text @param {number} depth @returns {unknown} */
function plain(node, text, depth) {
  if (node === null || node === undefined) return null;
  const at = node.range?.[0];
  if (depth > DEEPEST) refuse(text, at, t('file-deep', { most: DEEPEST }));
  if (isAlias(node) || node.anchor) refuse(text, at, t('file-anchor'));
  if (node.tag && !/^tag:yaml.org,2002:(str|map|seq)$/.test(node.tag)) refuse(text, at, t('file-tag'));
  if (isSeq(node)) return node.items.map((/** @type {unknown} */ item) => plain(item, text, depth + 1));
  if (isMap(node)) {
    /** @type {Record<string, unknown>} */
    const found = {};
    for (const { key, value } of /** @type {{key: any, value: any}[]} */ (node.items)) {
      const name = isScalar(key) ? key.value : null;
      if (typeof name !== 'string' || name === '' || UNSAFE.has(name)) refuse(text, key?.range?.[0] ?? at, t('file-key'));
      if (key.anchor) refuse(text, key.range?.[0], t('file-anchor'));
      found[name] = plain(value, text, depth + 1);
    }
    return found;
  }
  return scalar(node, text);
}

/** @param {any} node @param {string} text */
function scalar(node, text) {
  const value = String(node.value ?? '');
  if (node.type !== 'PLAIN' && node.type !== undefined) return value;
  if (CONSTANTS.has(value)) return CONSTANTS.get(value);
  if (/^[-+]?\.(inf|nan)$/i.test(value)) refuse(text, node.range?.[0], t('file-finite'));
  if (!NUMBER.test(value)) return value;
  const number = Number(value);
  if (!Number.isFinite(number)) refuse(text, node.range?.[0], t('file-finite'));
  return number;
}
