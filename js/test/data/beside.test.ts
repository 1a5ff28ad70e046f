import { expect, test } from "vitest";
import { atStep } from "../../src/data/at";
import { packageRows } from "../../src/data/packages";
import { readPatch } from "../../src/data/patch";
import { readFigure } from "../../src/data/plotly";
import { isNumeric, readSheet } from "../../src/data/sheet";
import { kindOf } from "../../src/ui/run/kinds";
import { ownPage, sealed, wantsPlotly, withPlotly } from "../../src/ui/run/sealed";
import { numbered } from "../../src/ui/run/texts";

test("CSV has fields in quotes with commas, quotes and lines in them", () => {
  expect(readSheet("a.csv", '\ufeffname,"note, long",n\r\nx,"say ""hi""\nthere",1\ny,,2')).toEqual({
    columns: ["name", "note, long", "n"],
    rows: [["x", 'say "hi"\nthere', "1"], ["y", null, "2"]],
  });
  expect(readSheet("a.csv", "a;b\n1,5;2")).toEqual({ columns: ["a", "b"], rows: [["1,5", "2"]] });
  expect(readSheet("a.tsv", "a\tb\n1\t2\n")).toEqual({ columns: ["a", "b"], rows: [["1", "2"]] });
});

test("of a table whose end is missing the last, broken row is left out", () => {
  expect(readSheet("a.csv", "a,b\n1,2\n3,4", true)!.rows).toEqual([["1", "2"]]);
  expect(readSheet("a.json", '[{"a":1}]', true)).toBeNull();
});

test("JSON tables are MLflow's split form and records, and NaN in them is an empty cell", () => {
  expect(readSheet("t.json", '{"columns":["a","b"],"data":[[1,"x"],[NaN,{"k":1}]]}')).toEqual({
    columns: ["a", "b"],
    rows: [["1", "x"], [null, '{"k":1}']],
  });
  expect(readSheet("t.json", '[{"a":1},{"b":true}]')).toEqual({ columns: ["a", "b"], rows: [["1", null], [null, "true"]] });
  for (const text of ['{"a":1}', "[1,2]", "[]", "null", "{", '{"columns":1,"data":[]}']) expect(readSheet("t.json", text)).toBeNull();
});

test("a column is of numbers where all its filled cells are", () => {
  const sheet = readSheet("a.csv", "a,b\n1,x\n,y\n-2e3,3")!;
  expect([isNumeric(sheet, 0), isNumeric(sheet, 1)]).toEqual([true, false]);
});

test("a figure of plotly is told from other JSON", () => {
  expect(readFigure('{"data":[{"type":"bar","y":[1]}],"layout":{"title":"t"}}')).toEqual({ data: [{ type: "bar", y: [1] }], layout: { title: "t" } });
  expect(readFigure('{"data":[{"x":[1]}]}')!.layout).toEqual({});
  for (const text of ['{"columns":["a"],"data":[[1]]}', '{"data":[]}', '{"data":[{"a":1}]}', '{"data":[{"x":1}],"layout":3}', '{"data"']) {
    expect(readFigure(text)).toBeNull();
  }
});

test("a file's kind is by its name and by what it holds", () => {
  const kind = (path: string, text: string) => kindOf({ path, bytes: new TextEncoder().encode(text), cut: false });
  expect(kind("p.json", '{"data":[{"type":"bar"}],"layout":{}}')).toBe("plotly");
  expect(kind("p.json", '{"columns":["a"],"data":[[1]]}')).toBe("table");
  expect(kind("p.json", '{"a":1}')).toBe("json");
  expect(kind("p.csv", "a,b\n1,2")).toBe("table");
  expect(kind("p.txt", "a,b")).toBe("text");
  expect(kind("p.csv", "\0\x01")).toBe("none");
});

test("a patch is read into its hunks with the numbers of their lines", () => {
  const [first, between, second] = readPatch("@@ -1,2 +1,2 @@ def f():\n-a\n+b\n same\n\\ No newline at end of file\n@@ -10 +10,2 @@\n x\n+y\n");
  expect(first).toEqual({
    lines: [
      { kind: "out", text: "a", left: 1, right: null },
      { kind: "in", text: "b", left: null, right: 1 },
      { kind: "same", text: "same", left: 2, right: 2 },
    ],
  });
  expect(between).toEqual({ skipped: 7 });
  expect(second).toMatchObject({ lines: [{ kind: "same", left: 10, right: 10 }, { kind: "in", right: 11 }] });
  expect(readPatch("@@ -0,0 +1 @@\n+one\n")).toEqual([{ lines: [{ kind: "in", text: "one", left: null, right: 1 }] }]);
});

test("packages are one whatever way their names are written, and a run without a list makes no difference", () => {
  const rows = packageRows(["NumPy==2.0\nscikit_learn==1.5\n# note\n", "numpy==2.1\nscikit-learn==1.5\n", null]);
  expect(rows).toEqual([
    { name: "numpy", versions: ["2.0", "2.1", null], differs: true },
    { name: "scikit-learn", versions: ["1.5", "1.5", null], differs: false },
  ]);
  expect(packageRows(["a==1\n", "b==1\n"]).every(({ differs }) => differs)).toBe(true);
});

test("a value at a step is the last one at or before it, by the clock where there are several", () => {
  const points = { step: Float64Array.of(10, 0, 5, 5), time: Float64Array.of(3, 0, 2, 1), value: Float64Array.of(3, 0, 2, 1), length: 4 };
  expect([4, 5, 9, 10, 99].map((step) => atStep(points, step)?.value)).toEqual([0, 2, 2, 3, 3]);
  expect(atStep(points, -1)).toBeNull();
});

test("a stranger's page stands within a frame within a frame, and cannot end either", () => {
  const page = sealed('"><script>top.x = 1</script><iframe src="https://evil.test">&quot;', false);
  expect(page.match(/<iframe/g)).toHaveLength(2); // ours, and the one in its text
  expect(page).toContain('srcdoc="&quot;><script>top.x = 1</script><iframe src=&quot;https://evil.test&quot;>&amp;quot;"');
  expect(page).toContain('sandbox=""');
  expect(sealed("", true)).toContain('sandbox="allow-scripts"');
});

test("a script ends where we say, whatever its text holds", () => {
  expect(ownPage("", "a = '</script><!--'")).toContain("<script>a = '\\x3c/script>\\x3c!--'</script>");
});

test("plotly that a page would fetch from the network is put into it", () => {
  const page = '<p><script charset="utf-8" src="https://cdn.plot.ly/plotly-3.0.0.min.js" integrity="x"></script><script>Plotly.newPlot()</script>';
  expect(wantsPlotly(page)).toBe(true);
  expect(withPlotly(page, "$& = 1")).toBe("<p><script>$& = 1</script><script>Plotly.newPlot()</script>");
  expect(wantsPlotly('<script src="https://evil.test/https://cdn.plot.ly/plotly.js"></script>')).toBe(false);
});

test("the texts of several cells come in their order", () => {
  const file = (path: string) => ({ path, is_dir: false });
  expect(numbered(["cell-10.py", "cell-2.py", "cell.py", "cell-x.py", "cells.py", "cell-02.py"].map(file), "cell.py")).toEqual(["cell.py", "cell-2.py", "cell-10.py"]);
  expect(numbered([{ path: "cell.py", is_dir: true }], "cell.py")).toEqual([]);
});
