// What the npm package obscenity costs: {"terms": [...], "texts": {"20": [...], …}} in, microseconds a text out.
import { RegExpMatcher, englishRecommendedTransformers, parseRawPattern } from "obscenity";
import { readFileSync } from "node:fs";

const { terms, texts } = JSON.parse(readFileSync(0, "utf8"));
const began = performance.now();
const matcher = new RegExpMatcher({
  blacklistedTerms: terms.map((term, id) => ({ id, pattern: parseRawPattern(term.replace(/[[\]?|\\]/g, "\\$&")) })),
  ...englishRecommendedTransformers,
});
const build = performance.now() - began;
const costs = {};
for (const [length, some] of Object.entries(texts)) {
  const spent = [];
  for (const text of some) {
    const start = performance.now();
    matcher.getAllMatches(text, true);
    spent.push((performance.now() - start) * 1000);
  }
  costs[length] = spent.sort((a, b) => a - b)[Math.floor(spent.length / 2)];
}
console.log(JSON.stringify({ build, costs }));
