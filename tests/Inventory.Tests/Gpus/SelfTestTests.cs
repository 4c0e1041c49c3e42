namespace ProviderAgent.Inventory.Tests.Gpus;

public sealed class SelfTestTests
{
    [Fact]
    public void Kernels_ClosedForm_EqualsTurns()
    {
        var (factor, term) = (1u, 0u);
        for (uint i = 0; i < 100; i++) (factor, term) = (factor * SelfTestKernels.TurnFactor, term * SelfTestKernels.TurnFactor + SelfTestKernels.TurnTerm);

        Assert.Equal(SelfTestKernels.Turn(12345, 100), 12345u * factor + term);
    }

    [Fact]
    public void Text_SixteenBytes_IsTheDriversSpelling() =>
        Assert.Equal("GPU-00010203-0405-0607-0809-0a0b0c0d0e0f", SelfTest.Text([.. Enumerable.Range(0, 16).Select(i => (byte)i)]));

    [Fact]
    public async Task Runner_Report_IsTakenAndNamesTheDevice()
    {
        using var fixture = new GpuFixture();
        var launcher = new FakeLauncher();
        using var sut = new SelfTestRunner(launcher, fixture.Sut, fixture.Time, new LogProbe<SelfTestRunner>());
        var run = sut.RunAsync("GPU-1", SelfTestLevel.Full, default);
        var process = launcher.Started[0];
        Assert.Equal(["--self-test", "GPU-1", "--level", "full"], process.Arguments);
        Assert.Equal("GPU-1", process.Environment?["CUDA_VISIBLE_DEVICES"]);

        await process.SayAsync("""{"test":{"uuid":"x","outcome":1,"detail":"3 words","tested_bytes":5,"milliseconds":7,"stages":[{"name":"open","milliseconds":1}]}}""");

        var report = await run;
        Assert.Equal(("GPU-1", SelfTestOutcome.Failed, "3 words", 5L), (report.Uuid, report.Outcome, report.Detail, report.TestedBytes));
        Assert.True(process.IsKilled);
    }

    [Fact]
    public async Task Runner_Hangs_FailsAndNothingElseIsStartedBesideIt()
    {
        using var fixture = new GpuFixture();
        var launcher = new FakeLauncher { IsUnkillable = true };
        using var sut = new SelfTestRunner(launcher, fixture.Sut, fixture.Time, new LogProbe<SelfTestRunner>());
        var run = sut.RunAsync("GPU-1", SelfTestLevel.Quick, default);
        await Eventually.BecomesTrueAsync("the deadline to be armed", () => fixture.Time.TimerCount > 0);

        fixture.Time.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal((SelfTestOutcome.Failed, "no result within 60 s"), ((await run).Outcome, (await run).Detail));
        Assert.Equal(SelfTestOutcome.Impossible, (await sut.RunAsync("GPU-2", SelfTestLevel.Quick, default)).Outcome);
        Assert.Single(launcher.Started);
    }

    [Fact]
    public async Task Runner_EndsWithoutResult_Fails()
    {
        using var fixture = new GpuFixture();
        var launcher = new FakeLauncher();
        using var sut = new SelfTestRunner(launcher, fixture.Sut, fixture.Time, new LogProbe<SelfTestRunner>());
        var run = sut.RunAsync("GPU-1", SelfTestLevel.Quick, default);

        launcher.Started[0].End();

        Assert.Equal(SelfTestOutcome.Failed, (await run).Outcome);
    }
}
