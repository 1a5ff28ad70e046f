import { expect, test } from "vitest";
import { figureInPage } from "../../src/data/plotly";

const page = (call: string) => `<html><body><div id="a"></div><script>window.PLOTLYENV={};if (1) { ${call} }</script></body></html>`;

test("the figure of a page that plotly wrote is read as data", () => {
  const found = figureInPage(page('Plotly.newPlot("a", [{"y":[1,3],"name":"a ] \\" } b","type":"bar"}], {"title":{"text":"T"}}, {"responsive": true})'));
  expect(found?.data[0]).toEqual({ y: [1, 3], name: 'a ] " } b', type: "bar" });
  expect(found?.layout).toEqual({ title: { text: "T" } });
  expect(figureInPage(page('Plotly.newPlot("a", [{"y": [1]}])'))?.layout).toEqual({});
});

test("what is no figure in JSON stays a page", () => {
  expect(figureInPage("<p>words</p>")).toBeNull();
  expect(figureInPage(page('Plotly.newPlot("a", [fetch("x")], {})'))).toBeNull();
  expect(figureInPage(page('Plotly.newPlot("a", [{"y": [1'))).toBeNull();
  expect(figureInPage(page('Plotly.newPlot("a", [{"y":[1]}]); Plotly.newPlot("b", [{"y":[1]}])'))).toBeNull();
});
