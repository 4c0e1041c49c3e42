using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using ProviderAgent.Hosting;
using ProviderAgent.Workloads;

namespace ProviderAgent.ProviderAgent.Tests.Deploy;

/// <summary>The files in deploy/systemd: the service manager accepts them, and they agree with the program.</summary>
public sealed partial class UnitFileTests : IDisposable
{
    private const string Binary = "/usr/bin/provider-agent";

    private static readonly string Folder = Path.Combine(Repository.Root, "deploy", "systemd");

    private static readonly string[] OurServices = ["provider-agent.service", "provider-agent-helper.service", "provider-agent-signer.service"];

    private readonly TempFolder _folder = new();

    /// <summary>Those that run our own program.</summary>
    public static TheoryData<string> Services => [.. OurServices, "provider-agent-disks.service"];

    /// <summary>Those that need next to nothing of the host.</summary>
    public static TheoryData<string> ShutServices => [.. OurServices, "provider-agent-ingress.service"];

    public void Dispose() => _folder.Dispose();

    [NeedsFact("systemd-analyze", "nginx")]
    public async Task Verify_AllUnits_FindsNothing()
    {
        var units = CopyUnits();

        var (code, output) = await RunAsync("systemd-analyze", ["verify", "--man=no", .. units]);

        Assert.Equal((0, ""), (code, output.Trim()));
    }

    [NeedsTheory("systemd-analyze")]
    [MemberData(nameof(ShutServices))]
    public async Task Security_OfTheServices_StaysLow(string unit)
    {
        CopyUnits();

        // Exposure 2.0 of 10; what remains open has its reason beside it in the unit.
        var (code, output) = await RunAsync("systemd-analyze", ["security", "--offline=true", "--no-pager", "--threshold=20", _folder.File(unit)]);

        Assert.True(code == 0, output);
    }

    [NeedsFact("systemd-sysusers")]
    public async Task Sysusers_Accepts_TheUser()
    {
        var (code, output) = await RunAsync("systemd-sysusers", ["--dry-run", $"--root={_folder.Path}", Path.Combine(Folder, "sysusers.d", "provider-agent.conf")]);

        Assert.True(code == 0, output);
        Assert.Contains("provider-agent", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Restart_IsPreventedWhereItCannotHelp()
    {
        var prevented = Regex.Match(Read("provider-agent.service"), "^RestartPreventExitStatus=(.*)$", RegexOptions.Multiline).Groups[1].Value
            .Split(' ').Select(code => (ExitCode)int.Parse(code, CultureInfo.InvariantCulture));

        Assert.Equal([ExitCode.Usage, ExitCode.Configuration, ExitCode.Keys, ExitCode.Refused], prevented);
    }

    [Fact]
    public void HelperSocket_IsTheDefaultOfTheOption() =>
        Assert.Contains($"\nListenStream={new WorkloadOptions().Network.HelperSocket}\n", Read("provider-agent-helper.socket"), StringComparison.Ordinal);

    [Fact]
    public void IngressFolder_IsTheDefaultOfTheOptionEverywhere()
    {
        var folder = new IngressOptions().Nginx.UnitDirectory;

        Assert.Contains($" -c {new NginxOptions().UnitDirectory}/nginx.conf ", Read("provider-agent-ingress.service"), StringComparison.Ordinal);
        Assert.Contains($"\nPathChanged={folder}/nginx.conf\n", Read("provider-agent-ingress.path"), StringComparison.Ordinal);
        Assert.Contains($"\nReadWritePaths=-{folder}\n", Read("provider-agent.service"), StringComparison.Ordinal);
        Assert.Contains($"\nd {folder} 2770 provider-agent provider-agent-ingress -\n", Read(Path.Combine("tmpfiles.d", "provider-agent.conf")), StringComparison.Ordinal);
    }

    [Fact]
    public void Ingress_HasNoMoreThanThePortsBelow1024()
    {
        Assert.Matches(new Regex("^CapabilityBoundingSet=CAP_NET_BIND_SERVICE$", RegexOptions.Multiline), Read("provider-agent-ingress.service"));
        Assert.Matches(new Regex("^User=provider-agent-ingress$", RegexOptions.Multiline), Read("provider-agent-ingress.service"));
    }

    [Fact]
    public void Credential_NamedInTheUnit_IsAnOptionOfTheConfiguration() =>
        Assert.Contains("#LoadCredential=signing-key:", Read("provider-agent.service"), StringComparison.Ordinal);

    [NeedsFact("systemd-analyze")]
    public async Task Security_OfTheHelperThatMounts_IsNoWorseThanItHasToBe()
    {
        CopyUnits();

        // Mounting where the engine sees it leaves out every setting that needs a mount namespace; the rest is shut.
        var (code, output) = await RunAsync("systemd-analyze", ["security", "--offline=true", "--no-pager", "--threshold=50", _folder.File("provider-agent-disks.service")]);

        Assert.True(code == 0, output);
    }

    [Fact]
    public void HelperThatMounts_HasNoMountNamespaceOfItsOwn()
    {
        var text = Read("provider-agent-disks.service");

        Assert.Matches(new Regex("^PrivateMounts=no$", RegexOptions.Multiline), text);
        Assert.DoesNotMatch(OwnMounts(), text);
    }

    [Fact]
    public void HelperThatMounts_HasTheSocketAndTheFolderOfTheOptions()
    {
        var options = new WorkloadVolumeOptions();

        Assert.Contains($"\nListenStream={options.HelperSocket}\n", Read("provider-agent-disks.socket"), StringComparison.Ordinal);
        Assert.Contains($"host-helper --disks {options.Folder} --engine-data /var/lib/docker\n", Read("provider-agent-disks.service"), StringComparison.Ordinal);
        Assert.Contains($"\nStateDirectory={Path.GetFileName(options.Folder)}\n", Read("provider-agent-disks.service"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void Unit_SetsNothingThatBreaksTheRuntime(string unit)
    {
        var text = Read(unit);

        Assert.DoesNotMatch(Broken(), text);
        // The helper starts nothing but nft, the signer nothing at all; the daemon may start an operator's scripts.
        Assert.Equal(unit != "provider-agent.service", Regex.IsMatch(text, "^MemoryDenyWriteExecute=yes$", RegexOptions.Multiline));
        Assert.Matches(new Regex("^NoNewPrivileges=yes$", RegexOptions.Multiline), text);
    }

    [Fact]
    public void Daemon_HasNoCapability_AndTheHelperWhatItsVerbsNeed()
    {
        Assert.Matches(new Regex("^CapabilityBoundingSet=$", RegexOptions.Multiline), Read("provider-agent.service"));
        Assert.Matches(new Regex("^CapabilityBoundingSet=CAP_NET_ADMIN CAP_SYS_ADMIN CAP_SYS_PTRACE$", RegexOptions.Multiline), Read("provider-agent-helper.service"));
        Assert.Matches(new Regex("^CapabilityBoundingSet=$", RegexOptions.Multiline), Read("provider-agent-signer.service"));
    }

    private static string Read(string unit) => File.ReadAllText(Path.Combine(Folder, unit));

    /// <summary>Copies in which the program is one that is there.</summary>
    private string[] CopyUnits() => [.. Directory.GetFiles(Folder, "provider-agent*").Select(path =>
    {
        var copy = _folder.File(Path.GetFileName(path));
        File.WriteAllText(copy, File.ReadAllText(path).Replace(Binary, "/bin/true", StringComparison.Ordinal));
        return copy;
    })];

    private static async Task<(int Code, string Output)> RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1), TimeProvider.System);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output + await errors);
    }

    [GeneratedRegex("^(Protect(System|Home|KernelTunables|KernelModules|KernelLogs|ControlGroups|Proc|Hostname)=|Private(Tmp|Devices|Network)=|(ReadOnly|ReadWrite|Inaccessible|Bind)\\w*Paths=|RootDirectory=|MountFlags=)", RegexOptions.Multiline)]
    private static partial Regex OwnMounts();

    [GeneratedRegex("^(ProcSubset=pid|PrivateNetwork=yes|PrivateUsers=yes|SystemCallFilter=~.*@resources)", RegexOptions.Multiline)]
    private static partial Regex Broken();
}
