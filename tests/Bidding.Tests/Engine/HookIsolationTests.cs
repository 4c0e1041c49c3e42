using ProviderAgent.Bidding.Tests.Support;

namespace ProviderAgent.Bidding.Tests.Engine;

/// <summary>A price script that fails on some orders does no harm to the others.</summary>
public sealed class HookIsolationTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly World _world = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _world.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Orders_ScriptCrashesOnSomeAndLiesOnOthers_TheRestIsBidOn()
    {
        var script = _folder.Program("price.sh", "#!/bin/sh\ncase $(cat) in *'\"cpu\":1001'*) exit 3;; *'\"cpu\":1002'*) echo free;; *) echo 7;; esac\n");
        _world.Pricing.Policy = PricingPolicyKind.Script;
        _world.Pricing.Script.Path = script;
        var run = await _world.StartAsync();

        var crashing = await run.PostAsync(1, Build.Group(Build.Unit(Build.Needs(milli: 1001))));
        var lying = await run.PostAsync(2, Build.Group(Build.Unit(Build.Needs(milli: 1002))));
        var good = await run.PostAndBidAsync(3);

        await run.DecidedAsync(crashing, DeclineReason.HookRefused);
        await run.DecidedAsync(lying, DeclineReason.HookAnswerInvalid);
        Assert.Equal("7", _world.Decisions.Latest(good)?.Price?.Amount.ToString());
    }
}
