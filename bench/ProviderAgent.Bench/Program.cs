using System.CommandLine;
using ProviderAgent.Bench.ChainClient;
using ProviderAgent.Bench.Idle;
using ProviderAgent.Bench.Ingress;
using ProviderAgent.Bench.Inventory;
using ProviderAgent.Bench.ManifestToStarted;
using ProviderAgent.Bench.OrderToBid;
using ProviderAgent.Bench.Pricing;
using ProviderAgent.Bench.Reporting;
using ProviderAgent.Bench.Workloads;
using ProviderAgent.Bench.World;

string[] all = [OrderToBidBench.Name, ManifestBench.Name, IdleBench.Name, DecisionBench.Name, ReplayBench.Name, GpuSweepBench.Name, FitBench.Name, ChainBench.Name, PlannerBench.Name, FullHouseBench.Name, IngressBench.Name, ManifestToWebBench.Name];
string[] named = [ScriptBench.Name]; // these run only when they are named
var benches = new Argument<string[]>("bench") { Description = $"Which to run: {string.Join(", ", all.Concat(named))}; all but the last when none is named", Arity = ArgumentArity.ZeroOrMore };
benches.AcceptOnlyFromAmong([.. all, .. named]);
var agent = new Option<string>("--agent") { Description = "The daemon's executable as it is released; needed by the benches that run it" };
var plain = new Option<string>("--plain-agent") { Description = "The daemon's executable as a plain build makes it; measured at rest beside the released one" };
var image = new Option<string>("--image") { Description = "Image for containers; the registry and the engine must have it", DefaultValueFactory = _ => "127.0.0.1:5000/bench/web:1" };
var orders = new Option<int>("--orders") { Description = "Orders to post", DefaultValueFactory = _ => 250 };
var rounds = new Option<int>("--rounds") { Description = "Leases to start", DefaultValueFactory = _ => 20 };
var settle = new Option<int>("--settle") { Description = "Seconds of rest before the idle daemon is measured", DefaultValueFactory = _ => 60 };
var script = new Option<string>("--script") { Description = "A price script to compare decisions with" };
var record = new Option<string>("--record") { Description = "File that our answers of the bench 'script' are written to" };
var recorded = new Option<int>("--recorded") { Description = "Orders to replay", DefaultValueFactory = _ => 1_000_000 };
var libraries = new Option<string>("--gpu-libraries") { Description = "Folder of the stand-in for the GPU driver's library", DefaultValueFactory = _ => "tests/fakes/build" };
var json = new Option<bool>("--json") { Description = "Print one JSON document" };
var root = new RootCommand("Compares the daemon with its peers and its targets.") { benches, agent, plain, image, orders, rounds, settle, script, record, recorded, libraries, json };
root.SetAction(async (parsed, ct) =>
{
    var time = TimeProvider.System;
    var results = new List<BenchResult>();
    foreach (var name in parsed.GetValue(benches) is { Length: > 0 } chosen ? chosen : all)
    {
        switch (name)
        {
            case OrderToBidBench.Name:
                foreach (var tenants in new[] { 1, OrderToBidBench.BurstTenants }) Add(await OrderToBidBench.RunAsync(Program(), parsed.GetValue(orders), tenants, time, ct));
                break;
            case ManifestBench.Name:
                Add(await ManifestBench.RunAsync(Program(), parsed.GetRequiredValue(image), parsed.GetValue(rounds), time, ct));
                break;
            case DecisionBench.Name:
                Add(await DecisionBench.RunAsync(parsed.GetValue(script), time, ct));
                break;
            case ScriptBench.Name:
                Add(await ScriptBench.RunAsync(parsed.GetValue(script), parsed.GetValue(record), time, ct));
                break;
            case ReplayBench.Name:
                Add(await ReplayBench.RunAsync(parsed.GetValue(recorded), time, ct));
                break;
            case ChainBench.Name:
                Add(await ChainBench.RunAsync(time, ct));
                break;
            case GpuSweepBench.Name:
                Add(await GpuSweepBench.RunAsync(Program(), Path.GetFullPath(parsed.GetRequiredValue(libraries)), TimeSpan.FromSeconds(parsed.GetValue(settle)), time, ct));
                break;
            case IngressBench.Name:
                Add(await IngressBench.RunAsync(time, ct));
                break;
            case FitBench.Name:
                Add(FitBench.Run(time));
                break;
            case PlannerBench.Name:
                Add(PlannerBench.Run(time));
                break;
            case ManifestToWebBench.Name:
                Add(await ManifestToWebBench.RunAsync(Program(), parsed.GetRequiredValue(image), parsed.GetValue(rounds), time, ct));
                break;
            case FullHouseBench.Name:
                Add(await FullHouseBench.RunAsync(Program(), parsed.GetRequiredValue(image), TimeSpan.FromSeconds(parsed.GetValue(settle)), time, ct));
                break;
            default:
                Add(await IdleBench.RunAsync(Program(), "released build", TimeSpan.FromSeconds(parsed.GetValue(settle)), time, ct));
                if (parsed.GetValue(plain) is { } other) Add(await IdleBench.RunAsync(other, "plain build", TimeSpan.FromSeconds(parsed.GetValue(settle)), time, ct));
                break;
        }
    }

    if (parsed.GetValue(json)) Report.WriteJson(Console.Out, results);
    return 0;

    string Program() => parsed.GetValue(agent) ?? throw new BenchException("--agent is needed for this bench");

    void Add(BenchResult result)
    {
        results.Add(result);
        if (!parsed.GetValue(json)) Report.WriteText(Console.Out, result);
    }
});

try
{
    return await root.Parse(args).InvokeAsync(new() { EnableDefaultExceptionHandler = false });
}
catch (BenchException error)
{
    await Console.Error.WriteLineAsync($"error: {error.Message}");
    return 1;
}
