using System.Diagnostics;
using ProviderAgent.Scenarios.Tests.Support;
using ProviderAgent.Workloads;

namespace ProviderAgent.Scenarios.Tests;

/// <summary>The daemon as a user without any right, and the host helper with three: what the units in deploy/systemd set up.</summary>
public sealed class UnprivilegedTests
{
    // Nobody: a user that owns nothing.
    private const int User = 65_534;

    private const int HelperUser = 65_532;

    [NeedsRootFact(MachineNeeds.DockerSocket, "nft", "setpriv", "nsenter")]
    public async Task AnOrder_RunsMeteredAndGuarded_UnderADaemonWithoutRights()
    {
        await using var trade = await Trade.PrepareAsync();
        // Its folder belongs to the daemon, so it gets one of its own.
        using var folder = new TempFolder();
        var socket = folder.File("helper.sock");
        await using var helper = await StartHelperAsync(folder.Path, socket, User);
        // As the engine's own socket: no proxy of the test in between, only the group opens it.
        trade.WriteConfig(text => text
            .Replace(trade.PathOf("engine.sock"), MachineNeeds.DockerSocket, StringComparison.Ordinal)
            .Replace($"{trade.StateFolder}/no-helper.sock", socket, StringComparison.Ordinal));
        await trade.RegisterAsync();
        trade.GiveTo(User);
        trade.Unprivileged = (User, Run("stat", "-c", "%g", MachineNeeds.DockerSocket).Trim());
        trade.Environment["HOME"] = trade.StateFolder;
        var before = trade.Chain.BalanceOf(trade.Provider, "uact");
        await trade.StartAgentAsync();

        var status = await File.ReadAllLinesAsync($"/proc/{trade.Agent.Id}/status");
        Assert.Contains(status, line => line.StartsWith($"Uid:\t{User}\t{User}", StringComparison.Ordinal));
        Assert.Contains("CapEff:\t0000000000000000", status);
        Assert.Contains("CapBnd:\t0000000000000000", status);

        var (lease, container) = await trade.OpenLeaseAsync();

        // The helper has put the rules in place, and inside the container the port of the manifest (as: 8080).
        Assert.Contains(WorkloadNames.Bridge(lease), Run("nft", "list", "set", "inet", NetworkGuardRules.Table, "same_lease"), StringComparison.Ordinal);
        await trade.BecomesTrueAsync("the manifest's port", () => Task.FromResult(
            Run("nsenter", $"--net=/proc/{container.State.Pid}/ns/net", "nft", "list", "ruleset").Contains("tcp dport 8080 redirect to :80", StringComparison.Ordinal)));
        await trade.BecomesTrueAsync("samples", async () => (await trade.ReadAsync("/api/v1/earnings"))["leases"]!.AsArray().Sum(row => row!["measured_seconds"]!.GetValue<double>()) >= 2);
        await trade.BecomesTrueAsync("a whole coin to be owed", async () => (await trade.ReadAsync("/api/v1/earnings"))["owed"]!["uact"] is { } owed && decimal.Parse(owed.ToString(), System.Globalization.CultureInfo.InvariantCulture) >= 1);
        Assert.Equal(0, (await trade.CliAsync("withdraw", "--json")).ExitCode);

        // Somebody flushes the firewall: the daemon cannot load it, the helper does.
        Run("nft", "delete", "table", "inet", NetworkGuardRules.Table);
        await trade.BecomesTrueAsync("the firewall", () => Task.FromResult(Run("nft", "list", "tables").Contains(NetworkGuardRules.Table, StringComparison.Ordinal)));

        await trade.EndAsync(lease, before);
        var stopped = await trade.Agent.StopAsync();
        Assert.Equal(0, stopped.ExitCode);
        Assert.DoesNotContain("ERROR", stopped.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("refused", helper.Log, StringComparison.Ordinal);
    }

    [NeedsRootFact(MachineNeeds.DockerSocket, "nft", "setpriv")]
    public async Task Helper_AskedByAnotherUser_Refuses()
    {
        await using var trade = await Trade.PrepareAsync();
        using var folder = new TempFolder();
        var socket = folder.File("helper.sock");
        await using var helper = await StartHelperAsync(folder.Path, socket, User - 1);
        trade.WriteConfig(text => text
            .Replace(trade.PathOf("engine.sock"), MachineNeeds.DockerSocket, StringComparison.Ordinal)
            .Replace($"{trade.StateFolder}/no-helper.sock", socket, StringComparison.Ordinal));
        await trade.RegisterAsync();
        // The file mode would let it in; its user is not the one.
        trade.GiveTo(User);
        trade.Unprivileged = (User, Run("stat", "-c", "%g", MachineNeeds.DockerSocket).Trim());
        trade.Environment["HOME"] = trade.StateFolder;

        await trade.StartAgentAsync();

        await trade.BecomesTrueAsync("the refusal", () => Task.FromResult(helper.Log.Contains($"user {User} may not ask this helper", StringComparison.Ordinal)));
        await trade.BecomesTrueAsync("the operator to be told", async () => (await trade.ReadAsync("/api/v1/status"))["problems"]!.AsArray().Any(problem => problem!.ToString().Contains("firewall", StringComparison.Ordinal)));
    }

    /// <summary>With the capabilities that its unit names, and its socket in the daemon's group as the socket unit makes it.</summary>
    private static async Task<AgentProcess> StartHelperAsync(string folder, string socket, int caller)
    {
        var unit = await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "deploy", "systemd", "provider-agent-helper.service"));
        var capabilities = unit.Single(line => line.StartsWith("AmbientCapabilities=", StringComparison.Ordinal))["AmbientCapabilities=".Length..].Split(' ');
        Run("chown", $"{HelperUser}", folder);
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);
        var helper = AgentProcess.StartUnprivileged(
            new Dictionary<string, string> { ["HOME"] = folder },
            HelperUser,
            $"{HelperUser}",
            string.Concat(capabilities.Select(capability => ",+" + capability["CAP_".Length..].ToLowerInvariant())),
            "host-helper", "--socket", socket, "--user", $"{caller}");
        await Eventually.BecomesTrueAsync("the helper's socket", () => File.Exists(socket));
        Run("chgrp", $"{User}", socket);
        return helper;
    }

    private static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] += ":/usr/sbin:/sbin";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
