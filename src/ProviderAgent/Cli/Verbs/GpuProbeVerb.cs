using System.CommandLine;
using ProviderAgent.Hosting;
using ProviderAgent.Inventory;

namespace ProviderAgent.Cli.Verbs;

/// <summary><c>gpu-probe</c>: the process that touches the GPU driver, so that nothing else of the daemon can hang in it.</summary>
internal sealed class GpuProbeVerb : IVerb
{
    private const int DefaultPeriodMs = 5000;

    public Command Create(CliContext context)
    {
        var period = new Option<int>("--period") { Description = "Milliseconds from one look to the next", DefaultValueFactory = _ => DefaultPeriodMs };
        var once = new Option<bool>("--once") { Description = "Look once" };
        var uuid = new Option<string?>("--self-test") { Description = "Test this GPU instead of looking", HelpName = "UUID" };
        var level = new Option<SelfTestLevel>("--level") { Description = "How thorough the test is", DefaultValueFactory = _ => SelfTestLevel.Quick };
        var tied = new Option<bool>("--until-input-ends") { Description = "End when standard input does: the daemon holds its other end" };
        period.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 100 or > 600_000) result.AddError("--period is 100 to 600000");
        });
        var verb = new Command("gpu-probe", "Print what the GPU driver says, one JSON document a line; started by the daemon") { period, once, uuid, level, tied };
        verb.SetAction((parsed, ct) =>
        {
            // However the daemon dies, its end of our input goes with it.
            if (parsed.GetValue(tied)) _ = Task.Run(EndWithParent, CancellationToken.None);
            using var output = Console.OpenStandardOutput();
            if (parsed.GetValue(uuid) is { } device)
                return Task.FromResult((int)(GpuProbeProgram.Test(device, parsed.GetValue(level), output).Outcome == SelfTestOutcome.Passed ? ExitCode.Done : ExitCode.Failed));
            GpuProbeProgram.Sweep(TimeSpan.FromMilliseconds(parsed.GetValue(period)), parsed.GetValue(once), output, ct);
            return Task.FromResult((int)ExitCode.Done);
        });
        return verb;
    }

    private static void EndWithParent()
    {
        using var input = Console.OpenStandardInput();
        var buffer = new byte[64];
        while (input.Read(buffer) > 0)
        {
            // nothing is ever said to us
        }

        Environment.Exit((int)ExitCode.Done);
    }
}
