using System.Text.Json;

namespace ProviderAgent.Workloads.Tests.Isolation;

public sealed class SeccompProfileTests
{
    private static readonly JsonElement Profile = JsonDocument.Parse(SeccompProfile.Json).RootElement;

    [Theory]
    [InlineData("io_uring_setup")]
    [InlineData("bpf")]
    [InlineData("mount")]
    [InlineData("unshare")]
    [InlineData("setns")]
    [InlineData("perf_event_open")]
    [InlineData("userfaultfd")]
    [InlineData("keyctl")]
    [InlineData("init_module")]
    [InlineData("kexec_load")]
    [InlineData("reboot")]
    [InlineData("swapon")]
    [InlineData("clock_settime")]
    [InlineData("open_by_handle_at")]
    [InlineData("process_vm_readv")]
    public void Profile_DangerousCall_IsNotAllowed(string name) => Assert.DoesNotContain(name, Allowed());

    [Theory]
    [InlineData("socket")]
    [InlineData("clone")]
    [InlineData("personality")]
    public void Profile_CallThatDependsOnItsArguments_IsNeverAllowedWithoutThem(string name)
    {
        var rules = Rules().Where(rule => Names(rule).Contains(name)).ToArray();

        Assert.NotEmpty(rules);
        Assert.All(rules, rule => Assert.NotEqual(0, rule.GetProperty("args").GetArrayLength()));
    }

    [Fact]
    public void Profile_WhatIsNotListed_Fails() => Assert.Equal("SCMP_ACT_ERRNO", Profile.GetProperty("defaultAction").GetString());

    private static IEnumerable<JsonElement> Rules() => Profile.GetProperty("syscalls").EnumerateArray();

    private static IEnumerable<string> Names(JsonElement rule) => rule.GetProperty("names").EnumerateArray().Select(name => name.GetString() ?? "");

    private static HashSet<string> Allowed() =>
        [.. Rules().Where(rule => rule.GetProperty("action").GetString() == "SCMP_ACT_ALLOW").SelectMany(Names)];
}
