import { describe, expect, it } from 'vitest';
import { judge } from '../../src/server/door.js';

const access = { token: 'a-token-of-24-characters', port: 8377 };
const HOST = ['Host', '127.0.0.1:8377'];
const OWN = ['Origin', 'http://127.0.0.1:8377'];
const TOKEN = `?token=${access.token}`;

const knock = (url: string, rawHeaders: string[] = HOST, isUpgrade = true, method = 'GET') => {
  const verdict = judge({ url, rawHeaders, method }, isUpgrade, access);
  return verdict.as === 'refused' ? verdict.status : verdict.as;
};

describe('the door', () => {
  it.each([
    ['an app', `/${TOKEN}`, HOST, 'app'],
    ['an app in a page of anybody', `/${TOKEN}`, [...HOST, 'Origin', 'https://a.example'], 'app'],
    ['the own page', `/view${TOKEN}`, [...HOST, ...OWN], 'page'],
    ['a page that is not the own one', `/view${TOKEN}`, [...HOST, 'Origin', 'null'], 403],
    ['a page that does not say which it is', `/view${TOKEN}`, HOST, 403],
    ['a page that says so twice', `/view${TOKEN}`, [...HOST, ...OWN, ...OWN], 403],
    ['nobody', '/', HOST, 401],
    ['a part of the token', `/${TOKEN.slice(0, -1)}`, HOST, 401],
    ['another token before it', `/?token=x&token=${access.token}`, HOST, 401],
    ['letters of two bytes', `/?token=${'é'.repeat(24)}`, HOST, 401],
    ['half of a code', '/?token=%E0%A4%A', HOST, 401],
    ['two slashes', '//', HOST, 401],
    ['two slashes with the token', `//${TOKEN}`, HOST, 404],
    ['an address that is none', 'http://[', HOST, 400],
    ['an address instead of a path', `http://127.0.0.1:8377/${TOKEN}`, HOST, 400],
    ['nothing at all', '', HOST, 400],
    ['no host', `/${TOKEN}`, [], 421],
    ['two hosts', `/${TOKEN}`, [...HOST, ...HOST], 421],
    ['another host', `/${TOKEN}`, ['Host', 'evil.example:8377'], 421],
    ['another port', `/${TOKEN}`, ['Host', '127.0.0.1:8378'], 421],
    ['a host that begins like it', `/${TOKEN}`, ['Host', '127.0.0.1:8377.evil.example'], 421],
    ['names of every object', `/${TOKEN}`, [...HOST, '__proto__', 'x', 'constructor', 'x'], 'app'],
  ])('takes an upgrade of %s as it should', (_who, url, headers, expected) => {
    expect(knock(url, headers)).toBe(expected);
  });

  it.each([
    [`/${TOKEN}`, HOST, 'GET', 'file'],
    [`/index.html`, HOST, 'GET', 401],
    ['/', HOST, 'GET', 401],
    ['/style.css', HOST, 'HEAD', 'file'],
    ['/style.css', [...HOST, ...OWN], 'GET', 'file'],
    ['/style.css', [...HOST, 'Origin', 'https://evil.example'], 'GET', 403],
    ['/token', HOST, 'GET', 401],
    [`/token${TOKEN}`, HOST, 'GET', 'token'],
    [`/${TOKEN}`, HOST, 'POST', 405],
    ['*', HOST, 'OPTIONS', 405],
  ])('takes a request for %s with %j by %s as it should', (url, headers, method, expected) => {
    expect(knock(url, headers, false, method)).toBe(expected);
  });

  it('asks for the host before anything else, then for the method', () => {
    expect(knock('http://[', ['Host', 'evil.example'], true, 'POST')).toBe(421);
    expect(knock('http://[', HOST, true, 'HEAD')).toBe(405);
  });

  it('knows the host without a port at port 80, where a browser names none', () => {
    const at80 = { ...access, port: 80 };
    const request = { url: '/style.css', method: 'GET', rawHeaders: ['Host', 'localhost'] };
    expect(judge(request, false, at80).as).toBe('file');
    expect(judge(request, false, access).as).toBe('refused');
  });

  it('takes of the name of an app as much as a name is, without a slash', () => {
    const name = `a/b${'x'.repeat(200)}`;
    const request = { url: `/${TOKEN}&producer=${name}`, method: 'GET', rawHeaders: HOST };
    expect(judge(request, true, access)).toEqual({ as: 'app', name: `a_b${'x'.repeat(97)}` });
  });
});
