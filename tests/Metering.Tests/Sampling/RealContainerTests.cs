namespace ProviderAgent.Metering.Tests;

/// <summary>What the sampler sees of real containers on this machine's engine.</summary>
public sealed class RealContainerTests
{
    private readonly FakeContainers _containers = new();
    private readonly MemoryUsageLog _usage = new();

    [NeedsFact("docker", MachineNeeds.DockerSocket)]
    public async Task SampleAll_BusyLoop_SeesItsProcessorTime()
    {
        using var container = DockerContainer.Start("while :; do :; done");
        _containers.Running.Add(container.Describe());
        using var sampler = CreateSut();

        await SampleUntilAsync(sampler, "two CPU seconds", () => Sum().CpuNanoseconds > 2_000_000_000);

        // One thread can use at most the time that passed; the kernel counts in ticks, hence the tenth.
        var passed = _usage.Rows[^1].To - _usage.Rows[0].From;
        Assert.InRange((long)Sum().CpuNanoseconds, 2_000_000_000, (long)(passed.TotalNanoseconds * 1.1));
        Assert.Equal(_usage.Rows[^1].AtEnd.CpuNanoseconds, (long)Sum().CpuNanoseconds);
        Assert.True(sampler.Snapshot().Single(series => series.Name == "container_cpu_usage_seconds_total").Value > 2);
        Assert.True(sampler.Snapshot().Single(series => series.Name == "container_processes").Value >= 2);
    }

    [NeedsFact("docker", MachineNeeds.DockerSocket)]
    public async Task SampleAll_MemoryHog_SeesItsWorkingSet()
    {
        using var container = DockerContainer.Start("sleep 300");
        _containers.Running.Add(container.Describe());
        using var sampler = CreateSut();
        await sampler.SampleAllAsync(default);
        var before = WorkingSet(sampler);

        container.Execute("dd if=/dev/zero of=/dev/shm/hog bs=1M count=32");
        await sampler.SampleAllAsync(default);

        Assert.InRange(WorkingSet(sampler) - before, 30 << 20, 40 << 20); // the shell's own pages come and go
        await SampleUntilAsync(sampler, "32 MiB for a second", () => Sum().MemoryByteSeconds > 32 << 20);
    }

    [NeedsFact("docker", MachineNeeds.DockerSocket)]
    public async Task SampleAll_Network_SeesItsBytes()
    {
        using var container = DockerContainer.Start("sleep 300");
        _containers.Running.Add(container.Describe());
        using var sampler = CreateSut();
        await sampler.SampleAllAsync(default);

        container.Execute("ping -c 3 -s 1400 $(ip route | awk '/default/ {print $3}')");
        await sampler.SampleAllAsync(default);

        Assert.InRange((long)Sum().SentBytes, 3 * 1400, 100_000);
    }

    [NeedsFact("docker", MachineNeeds.DockerSocket)]
    public async Task SampleAll_ContainerKilled_KeepsWhatWasSeen()
    {
        using var container = DockerContainer.Start("while :; do :; done");
        _containers.Running.Add(container.Describe());
        using var sampler = CreateSut();
        await SampleUntilAsync(sampler, "some CPU time", () => Sum().CpuNanoseconds > 200_000_000);
        var seen = Sum().CpuNanoseconds;

        container.Kill();
        await Eventually.BecomesTrueAsync("the container to be gone", async () =>
        {
            var rows = _usage.Rows.Count;
            await sampler.SampleAllAsync(default);
            return _usage.Rows.Count == rows;
        });

        Assert.True(Sum().CpuNanoseconds >= seen);
    }

    private UsageSampler CreateSut() =>
        new(_containers, _usage, new CgroupReader(), new FixedOptions<MeteringOptions>(new()), TimeProvider.System, Sample.Metrics(), new MemoryLog<UsageSampler>());

    private ServiceUsage Sum() => _usage.SumAllAsync(default).Result.Single();

    private static double WorkingSet(UsageSampler sampler) => sampler.Snapshot().Single(series => series.Name == "container_memory_working_set_bytes").Value;

    private static Task SampleUntilAsync(UsageSampler sampler, string what, Func<bool> probe) => Eventually.BecomesTrueAsync(what, async () =>
    {
        await sampler.SampleAllAsync(default);
        return probe();
    });
}
