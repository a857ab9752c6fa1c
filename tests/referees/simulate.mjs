// Reads a simulation per line, writes the answer per line: another evaluator of IAM policies, run as a process of its own.
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const { runSimulation } = createRequire(process.argv[2])('@cloud-copilot/iam-simulate')

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await runSimulation(JSON.parse(line), {})
  console.log(JSON.stringify(answer.resultType === 'error' ? answer : answer.overallResult))
}
