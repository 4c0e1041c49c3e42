using System.CommandLine;
using ProviderAgent.Config;
using ProviderAgent.Hosting;
using ProviderAgent.Operator.Views;

namespace ProviderAgent.Cli.Verbs;

/// <summary>Verbs about what there is to sell: <c>inventory</c>, <c>gpu test</c>, <c>gpu quarantine</c>, <c>gpu restore</c>.</summary>
internal sealed class InventoryVerbs(ConfigLoader loader)
{
    private static readonly TimeSpan QuestionDeadline = TimeSpan.FromSeconds(30);

    // A full test of a large card, and one that is under way before it.
    private static readonly TimeSpan TestDeadline = TimeSpan.FromMinutes(12);

    public IEnumerable<IVerb> All()
    {
        yield return new Show(this);
        yield return new Gpu(this);
    }

    private OperatorClient Connect(CliContext context, ParseResult parsed, TimeSpan deadline) => new(loader.Load(context.Sources(parsed)).Operator, deadline);

    private sealed class Show(InventoryVerbs verbs) : IVerb
    {
        private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

        public Command Create(CliContext context)
        {
            var watch = new Option<bool>("--watch", "-w") { Description = "Print again every two seconds, until interrupted" };
            var verb = new Command("inventory", "What this host has, what is promised, what is for sale, and why a device is not") { watch };
            verb.SetAction(async (parsed, ct) =>
            {
                using var daemon = verbs.Connect(context, parsed, QuestionDeadline);
                while (true)
                {
                    context.Print(parsed, await daemon.GetAsync("/api/v1/inventory", OperatorJson.Default.InventoryView, ct), OperatorJson.Default.InventoryView, InventoryText.Write);
                    if (!parsed.GetValue(watch)) return (int)ExitCode.Done;
                    try
                    {
                        await Task.Delay(Period, TimeProvider.System, ct);
                    }
                    catch (OperationCanceledException) when (ct.IsCancellationRequested)
                    {
                        return (int)ExitCode.Done;
                    }

                    if (!parsed.GetValue(context.JsonOption)) await context.Output.WriteLineAsync();
                }
            });
            return verb;
        }
    }

    private sealed class Gpu(InventoryVerbs verbs) : IVerb
    {
        public Command Create(CliContext context) => new("gpu", "Test a GPU, take one out of sale, put one back") { Test(context), Quarantine(context), Restore(context) };

        private Command Test(CliContext context)
        {
            var uuid = new Argument<string?>("uuid") { Description = "The GPU; all that nobody has, when not given", Arity = ArgumentArity.ZeroOrOne };
            var full = new Option<bool>("--full") { Description = "All of its memory instead of a part" };
            var verb = new Command("test", "Allocate, write and read patterns, copy and compute on a GPU that nobody has") { uuid, full };
            verb.SetAction(async (parsed, ct) =>
            {
                using var daemon = verbs.Connect(context, parsed, TestDeadline);
                string[] devices = parsed.GetValue(uuid) is { } one
                    ? [one]
                    : [.. (await daemon.GetAsync("/api/v1/inventory", OperatorJson.Default.InventoryView, ct)).Gpus.Where(gpu => gpu is { Lease: null, State: not "lost" }).Select(gpu => gpu.Uuid)];
                var rows = new List<GpuTestRow>();
                foreach (var device in devices)
                {
                    var path = $"/api/v1/gpus/{Uri.EscapeDataString(device)}/test?level={(parsed.GetValue(full) ? "full" : "quick")}";
                    rows.AddRange((await daemon.PostAsync(path, OperatorJson.Default.GpuTestView, ct)).Tests);
                }

                context.Print(parsed, new GpuTestView(1, rows), OperatorJson.Default.GpuTestView, InventoryText.Tests);
                return (int)(rows.All(row => row.Outcome == "passed") ? ExitCode.Done : ExitCode.Failed);
            });
            return verb;
        }

        private Command Quarantine(CliContext context)
        {
            var uuid = new Argument<string>("uuid") { Description = "The GPU" };
            var reason = new Option<string>("--reason") { Description = "Why, for whoever asks later", DefaultValueFactory = _ => "by the operator" };
            var verb = new Command("quarantine", "Take a GPU out of sale until it is restored; a lease that has it goes on") { uuid, reason };
            verb.SetAction(async (parsed, ct) => await ActAsync(context, parsed, $"{parsed.GetRequiredValue(uuid)}", $"quarantine?reason={Uri.EscapeDataString(parsed.GetValue(reason) ?? "")}", ct));
            return verb;
        }

        private Command Restore(CliContext context)
        {
            var uuid = new Argument<string>("uuid") { Description = "The GPU" };
            var verb = new Command("restore", "Forgive a GPU what is held against it; it is tested before it is sold") { uuid };
            verb.SetAction(async (parsed, ct) => await ActAsync(context, parsed, parsed.GetRequiredValue(uuid), "restore", ct));
            return verb;
        }

        private async Task<int> ActAsync(CliContext context, ParseResult parsed, string uuid, string act, CancellationToken ct)
        {
            using var daemon = verbs.Connect(context, parsed, QuestionDeadline);
            var view = await daemon.PostAsync($"/api/v1/gpus/{Uri.EscapeDataString(uuid)}/{act}", OperatorJson.Default.GpuView, ct);
            context.Print(parsed, view, OperatorJson.Default.GpuView, InventoryText.One);
            return (int)ExitCode.Done;
        }
    }
}
