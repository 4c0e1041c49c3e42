using System.Text.Json;
using ProviderAgent.Bidding.Tests.Support;

namespace ProviderAgent.Bidding.Tests.Hooks;

/// <summary>Real processes, small shell scripts: good ones, hanging, crashing, chatty and lying ones.</summary>
public sealed class ScriptHookTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("cat >/dev/null; echo 5.25", "5.25")]
    [InlineData("cat >/dev/null; printf '  7.000001\\n\\n'", "7.000001")]
    [InlineData("echo 3", "3")] // does not read its input
    public async Task Price_ScriptSaysAPrice_IsTaken(string body, string expected) => Assert.Equal(expected, Price.Text(await AskAsync(body)));

    [Theory]
    [InlineData("cat >/dev/null", DeclineReason.HookAnswerInvalid, "empty")]
    [InlineData("echo free", DeclineReason.HookAnswerInvalid, "'free'")]
    [InlineData("echo -5", DeclineReason.HookAnswerInvalid, "negative")]
    [InlineData("echo NaN", DeclineReason.HookAnswerInvalid, "NaN")]
    [InlineData("echo 1e9", DeclineReason.HookAnswerInvalid, "1e9")]
    [InlineData("echo 0", DeclineReason.ZeroPrice, "zero")]
    [InlineData("echo 0.0000000000000000001", DeclineReason.HookAnswerInvalid, "18 digits")]
    [InlineData("echo 99999999999999999999", DeclineReason.HookAnswerInvalid, "more than any order")]
    [InlineData("echo 'owner is not on the whitelist' >&2; exit 1", DeclineReason.HookRefused, "owner is not on the whitelist")]
    [InlineData("kill -SEGV $$", DeclineReason.HookRefused, "exit code")]
    [InlineData("yes", DeclineReason.HookAnswerInvalid, "more than")]
    [InlineData("yes >&2", DeclineReason.HookAnswerInvalid, "more than")]
    public async Task Price_ScriptMisbehaves_IsDeclinedWithTheReason(string body, DeclineReason reason, string words)
    {
        var unpriced = Assert.IsType<PriceResult.Unpriced>(await AskAsync(body));

        Assert.Equal(reason, unpriced.Reason);
        Assert.Contains(words, unpriced.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sleep 600")]
    [InlineData("sleep 600 & wait")]
    [InlineData("echo 5; exec sleep 600")]
    public async Task Price_ScriptHangs_IsDeclinedAtTheDeadlineAndEnded(string body)
    {
        var time = new ManualTimeProvider();
        using var pricing = Pricing(body, time);
        var pending = pricing.PriceAsync(Request(), default).AsTask();
        await Eventually.BecomesTrueAsync("the deadline to run", () => time.TimerCount > 0);

        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(DeclineReason.HookTimeout, Assert.IsType<PriceResult.Unpriced>(await pending).Reason);
    }

    [Fact]
    public async Task Price_MoreOrdersThanMayWait_AreTurnedAwayAtOnceAndOthersGoOn()
    {
        var gate = _folder.File("gate");
        using var pricing = Pricing($"while [ ! -e {gate} ]; do sleep 0.02; done; echo 5", TimeProvider.System, processes: 2);

        var asked = Enumerable.Range(0, 30).Select(_ => pricing.PriceAsync(Request(), default).AsTask()).ToArray();
        await Eventually.BecomesTrueAsync("the surplus to be turned away", () => asked.Count(task => task.IsCompleted) == 12); // 2 run, 16 wait
        await File.WriteAllTextAsync(gate, "");
        var results = await Task.WhenAll(asked);

        Assert.Equal(12, results.Count(result => result is PriceResult.Unpriced { Reason: DeclineReason.HookBusy }));
        Assert.Equal(18, results.Count(result => result is PriceResult.Quoted));
    }

    [Fact]
    public async Task Price_MissingProgram_IsDeclinedWithTheReason()
    {
        using var pricing = Support.Hooks.Pricing(new() { Policy = PricingPolicyKind.Script, Script = new() { Path = "/nonexistent/script" } });

        Assert.Equal(DeclineReason.HookFailed, Assert.IsType<PriceResult.Unpriced>(await pricing.PriceAsync(Request(), default)).Reason);
    }

    [Fact]
    public async Task Price_Script_GetsTheDocumentAndEnvironmentOfExistingScripts()
    {
        var (document, environment) = (_folder.File("document"), _folder.File("environment"));
        var group = Units.Group(["1000|1024|beta3:1024,ram:64|2:vendor/nvidia/model/h100/ram/80Gi/interface/sxm|2|1|3"], limit: "100.5");
        using var pricing = Pricing($"cat > {document}; env > {environment}; echo 5", TimeProvider.System);
        Environment.SetEnvironmentVariable("PROVIDER_AGENT_TEST_SECRET", "hidden");

        await pricing.PriceAsync(new(Build.OrderId(7), group, Build.Clock) { Facts = new() { Gpus = [new(1, "h100", "80Gi", "sxm", "GPU-1")], ReclaimWindow = TimeSpan.FromHours(1) } }, default);

        var text = await File.ReadAllTextAsync(document);
        Assert.StartsWith(
            """{"resources":[{"memory":1073741824,"cpu":1000,"gpu":{"units":2,"attributes":{"vendor":{"nvidia":{"model":"h100","ram":"80Gi","interface":"sxm"}}}},"storage":[{"class":"beta3","size":1073741824},{"class":"ram","size":67108864}],"count":3,"endpoint_quantity":2,"ip_lease_quantity":1}],"price":{"denom":"uact","amount":"301.500000000000000000"},"price_precision":6,""",
            text,
            StringComparison.Ordinal);
        using var json = JsonDocument.Parse(text);
        Assert.Equal(3600, json.RootElement.GetProperty("reclamation_window_seconds").GetInt64());
        Assert.Equal("GPU-1", json.RootElement.GetProperty("picked_gpus")[0].GetProperty("uuid").GetString());
        var variables = await File.ReadAllLinesAsync(environment);
        Assert.Contains($"AKASH_OWNER={Build.Tenant}", variables);
        Assert.Contains("AKASH_DENOM=uact", variables);
        Assert.DoesNotContain(variables, line => line.StartsWith("PROVIDER_AGENT_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Price_NoGpu_HasEmptyAttributes()
    {
        var document = _folder.File("document");
        using var pricing = Pricing($"cat > {document}; echo 5", TimeProvider.System);

        await pricing.PriceAsync(Request(), default);

        Assert.Contains("""gpu":{"units":0,"attributes":{}}""", await File.ReadAllTextAsync(document), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Price_RulesAndFloor_HoldForScriptsToo()
    {
        var path = Write("echo 10");
        using var pricing = Support.Hooks.Pricing(new() { Policy = PricingPolicyKind.Script, Script = new() { Path = path }, Rules = [new() { Name = "up", Multiply = 1.5m }] });

        Assert.Equal("15", Price.Text(await pricing.PriceAsync(Request(), default)));
    }

    private static PricingRequest Request() => new(Build.OrderId(1), Build.Group(), Build.Clock);

    private async Task<PriceResult> AskAsync(string body)
    {
        using var pricing = Pricing(body, TimeProvider.System);
        return await pricing.PriceAsync(Request(), default);
    }

    private ConfiguredPricing Pricing(string body, TimeProvider time, int processes = 8) => Support.Hooks.Pricing(
        new() { Policy = PricingPolicyKind.Script, Script = new() { Path = Write(body), Processes = processes }, Floor = new() { Mode = FloorMode.Off } }, time);

    private string Write(string body) => _folder.Program("price.sh", $"#!/bin/sh\n{body}\n");
}
