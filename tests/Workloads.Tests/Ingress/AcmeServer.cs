using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ProviderAgent.Workloads.Tests.Ingress;

/// <summary>pebble, the test server of the ACME world, with its name server, on ports of its own.</summary>
internal sealed class AcmeServer : IAsyncDisposable
{
    public const string Program = "/usr/bin/pebble";
    public const string DnsProgram = "/usr/bin/pebble-challtestsrv";

    private readonly TempFolder _folder = new();
    private readonly List<Process> _processes = [];
    private readonly int _port = FreePort.Next();
    private readonly int _dnsPort = FreePort.Next();
    private readonly int _dnsControl = FreePort.Next();

    public Uri Directory => new($"https://127.0.0.1:{_port}/dir");

    /// <summary>Who signed the server's own certificate.</summary>
    public string Authority => _folder.File("server.crt");

    public string Resolver => $"127.0.0.1:{_dnsPort}";

    /// <summary>A file for the DNS provider <c>exec</c>, whose program sets records at the name server.</summary>
    public string DnsEnvironment
    {
        get
        {
            // lego calls it with: present or cleanup, the record's name, its text.
            var script = _folder.Program("records.sh", $$"""
                #!/bin/sh
                case $1 in
                    present) curl -fsS --noproxy '*' -d "{\"host\":\"$2\",\"value\":\"$3\"}" http://127.0.0.1:{{_dnsControl}}/set-txt ;;
                    cleanup) curl -fsS --noproxy '*' -d "{\"host\":\"$2\"}" http://127.0.0.1:{{_dnsControl}}/clear-txt ;;
                esac
                """);
            File.WriteAllText(_folder.File("dns.env"), $"# as an operator writes it\nEXEC_PATH={script}\nEXEC_PROPAGATION_TIMEOUT=20\nEXEC_POLLING_INTERVAL=1\n");
            return _folder.File("dns.env");
        }
    }

    /// <param name="httpPort">Where it looks for the answers to its HTTP questions.</param>
    /// <param name="certificate">PEM for 127.0.0.1.</param>
    /// <param name="key">PEM.</param>
    /// <param name="validity">How long what it issues is good.</param>
    public async Task StartAsync(int httpPort, string certificate, string key, TimeSpan validity)
    {
        await File.WriteAllTextAsync(Authority, certificate);
        await File.WriteAllTextAsync(_folder.File("server.key"), key);
        await File.WriteAllTextAsync(_folder.File("pebble.json"), string.Create(CultureInfo.InvariantCulture, $$"""
            {"pebble": {"listenAddress": "127.0.0.1:{{_port}}", "managementListenAddress": "127.0.0.1:{{FreePort.Next()}}", "certificate": "{{Authority}}",
             "privateKey": "{{_folder.File("server.key")}}", "httpPort": {{httpPort}}, "tlsPort": {{FreePort.Next()}}, "ocspResponderURL": "", "externalAccountBindingRequired": false, "certificateValidityPeriod": {{(long)validity.TotalSeconds}} } }
            """));
        Start(DnsProgram, ["-dns01", $"127.0.0.1:{_dnsPort}", "-http01", "", "-https01", "", "-tlsalpn01", "", "-management", $"127.0.0.1:{_dnsControl}", "-defaultIPv6", ""]);
        Start(Program, ["-config", _folder.File("pebble.json"), "-dnsserver", Resolver]);
        foreach (var port in new[] { _port, _dnsControl })
        {
            await Eventually.BecomesTrueAsync("the ACME server to listen", async () =>
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                return true;
            });
        }
    }

    /// <summary>The authority goes away; its name server stays.</summary>
    public async Task StopAuthorityAsync()
    {
        var authority = _processes[^1];
        authority.Kill();
        await authority.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        _folder.Dispose();
    }

    private void Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PEBBLE_VA_NOSLEEP"] = "1";
        start.Environment["PEBBLE_WFE_NONCEREJECT"] = "0";
        var process = Process.Start(start)!;
        _processes.Add(process);
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }
}
