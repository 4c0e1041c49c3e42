using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using ProviderAgent.Bidding;
using ProviderAgent.Cli.Verbs.Pricing;
using ProviderAgent.Config;
using ProviderAgent.Hosting;
using ProviderAgent.Ledger;
using ProviderAgent.Marketplace;
using ProviderAgent.ProviderAgent.Tests.Support;

namespace ProviderAgent.ProviderAgent.Tests.Cli;

/// <summary>The verb over a real ledger file.</summary>
public sealed class ReplayVerbTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Size = ["--cpu", "8", "--memory", "32Gi", "--storage", "1Ti"];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Replay_TwoPolicies_ComparesThemAndDrawsThePicture()
    {
        await RecordAsync(20);
        await WriteAsync("list.yaml", "pricing: {floor: {mode: off}}");
        await WriteAsync("cheaper.yaml", "pricing: {floor: {mode: off}, rules: [{name: cheaper, multiply: 0.9}]}");

        var result = await ReplayAsync(["--policy", _folder.File("list.yaml"), "--policy", _folder.File("cheaper.yaml"), "--lease", "2h", "--plot", _folder.File("replay.png"), "--json", .. Size]);

        Assert.True(result.Code == ExitCode.Done, result.Errors);
        using var report = JsonDocument.Parse(result.Output);
        Assert.Equal((20, 0), (report.RootElement.GetProperty("orders").GetInt32(), report.RootElement.GetProperty("unreadable").GetInt32()));
        Assert.Equal(8000, report.RootElement.GetProperty("host").GetProperty("millicpu").GetInt64());
        var policies = report.RootElement.GetProperty("policies").EnumerateArray().ToArray();
        Assert.Equal(["list.yaml", "cheaper.yaml"], policies.Select(policy => policy.GetProperty("policy").GetString()));
        Assert.Equal([0, 19], policies.Select(policy => policy.GetProperty("wins").GetInt32())); // one order went for less than either asks
        Assert.True(policies[1].GetProperty("utilisation").GetProperty("cpu").GetDouble() > 0.1);
        Assert.Equal([137, 80, 78, 71, 13, 10, 26, 10], (await File.ReadAllBytesAsync(_folder.File("replay.png")))[..8]);
    }

    [Fact]
    public async Task Replay_StretchOfTime_TakesOnlyItsOrders()
    {
        await RecordAsync(20);

        var result = await ReplayAsync(["--from", "2026-03-01T05:00:00Z", "--to", "2026-03-01T10:00:00Z", "--json", .. Size]);

        using var report = JsonDocument.Parse(result.Output);
        Assert.Equal(5, report.RootElement.GetProperty("orders").GetInt32());
    }

    [Fact]
    public async Task Replay_NoSizeGiven_ReckonsWithThisMachine()
    {
        await RecordAsync(1);

        var result = await ReplayAsync();

        Assert.True(result.Code == ExitCode.Done, result.Errors);
        Assert.Contains("(by this machine, without GPUs: start the daemon or give --gpus to count them)", result.Output);
        Assert.Contains("wins if cheapest", result.Output);
    }

    [Fact]
    public async Task Replay_GpusGiven_FitByModel()
    {
        await RecordAsync(3, "vendor/nvidia/model/h100/ram/80Gi");
        await WriteAsync("gpu.yaml", "pricing: {floor: {mode: off}, rates: {gpu: {h100: 900}}}");

        async Task<JsonElement> WithAsync(string gpus)
        {
            var result = await ReplayAsync(["--policy", _folder.File("gpu.yaml"), "--gpus", gpus, "--json", .. Size]);
            Assert.True(result.Code == ExitCode.Done, result.Errors);
            using var report = JsonDocument.Parse(result.Output);
            return report.RootElement.GetProperty("policies")[0].Clone();
        }

        Assert.Equal(1, (await WithAsync("h100.80Gi.sxm=1")).GetProperty("bids").GetInt32());
        Assert.Equal(0, (await WithAsync("t4.16Gi.pcie=2")).GetProperty("bids").GetInt32());
        Assert.Equal(0, (await WithAsync("none")).GetProperty("bids").GetInt32());
    }

    [Theory]
    [InlineData("--gpus", "4", "h100.80Gi.sxm=8")]
    [InlineData("--gpus", "h100.80Gi.sxm=0", "h100.80Gi.sxm=8")]
    [InlineData("--cpu", "many", "--cpu")]
    [InlineData("--lease", "0s", "--lease")]
    [InlineData("--from", "yesterday", "2026-03-01T12:00:00Z")]
    public async Task Replay_WrongOption_NamesItAndWhatWouldBeRight(string option, string value, string expected)
    {
        await RecordAsync(1);

        var result = await ReplayAsync([option, value]);

        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Contains(expected, result.Errors);
    }

    [Fact]
    public async Task Replay_NoLedger_SaysSo()
    {
        var result = await ReplayAsync(Size);

        Assert.NotEqual(ExitCode.Done, result.Code);
        Assert.Contains("no daemon has run with this state directory", result.Errors);
    }

    /// <summary>Orders of one thread, an hour apart; the second went to somebody for very little.</summary>
    private async Task RecordAsync(int count, string? gpu = null)
    {
        await using var ledger = LedgerDatabase.Open(_folder.File("state"), TimeProvider.System, NullLogger.Instance);
        for (var i = 0; i < count; i++)
        {
            var order = new OrderId(AccountAddress.Parse("akash1tenant"), (ulong)i + 1, 1, 1);
            var needs = new Resources
            {
                Id = 1,
                Cpu = new(1000),
                Memory = new(ByteSize.GiB),
                Storage = [new("default", new(ByteSize.GiB), [])],
                Gpus = gpu is null ? 0 : 1,
                GpuAttributes = gpu is null ? [] : [new(gpu, "true")],
            };
            var group = new GroupSpec("group", PlacementRequirements.None, [new(needs, 1, Rate.PerTick(Decimal18.FromInteger(100_000), Denom.Parse("uact")))]);
            await ledger.SeenOrders.PutAsync(order, Start.AddHours(i), OrderCodec.Write(group, null, null), default);
            if (i == 1) await ledger.SeenOrders.NoteLeaseAsync(order, AccountAddress.Parse("akash1rival"), "0.001 uact Tick", default);
        }
    }

    private Task WriteAsync(string name, string text) => File.WriteAllTextAsync(_folder.File(name), text);

    private async Task<CliResult> ReplayAsync(params string[] arguments)
    {
        // A port on which no daemon answers.
        await WriteAsync("config.yaml", $"state: {{directory: \"{_folder.File("state")}\"}}\noperator: {{listen: \"127.0.0.1:{FreePort.Next()}\"}}\n");
        return await CommandRunner.RunAsync([new ReplayVerb(ConfigLoaderFactory.Create(), TimeProvider.System)], ["replay", "--config", _folder.File("config.yaml"), .. arguments]);
    }
}
