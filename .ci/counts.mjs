// Prints "N passed, N failed, N skipped" from vitest's JSON report and exits non-zero unless all is well.
import { readFileSync } from "node:fs";

const [reportFile, testStatus, checkStatus] = process.argv.slice(2);

function readReport() {
  try {
    return JSON.parse(readFileSync(reportFile, "utf8"));
  } catch {
    return {
      numPassedTests: 0,
      numFailedTests: 0,
      numPendingTests: 0,
      numTodoTests: 0,
      testResults: [],
    };
  }
}

const report = readReport();
// A file that does not even load has no failed test of its own.
const brokenFiles = report.testResults.filter(
  ({ status, assertionResults }) =>
    status === "failed" && !assertionResults.some((result) => result.status === "failed"),
).length;
let failed = report.numFailedTests + brokenFiles + (checkStatus === "0" ? 0 : 1);
if (testStatus !== "0") failed = Math.max(failed, 1);
const skipped = report.numPendingTests + report.numTodoTests;
console.log(`${report.numPassedTests} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed === 0 ? 0 : 1);
