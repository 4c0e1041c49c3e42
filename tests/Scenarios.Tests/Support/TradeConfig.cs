using System.Globalization;

namespace ProviderAgent.Scenarios.Tests.Support;

/// <summary>What the tenant asks for, and how the daemon under test is set up.</summary>
internal static class TradeConfig
{
    public const string Image = "127.0.0.1:5000/test/busybox:1";

    /// <summary>One web server that says hello.</summary>
    public const string Sdl = $$$$"""
        version: "2.0"
        services:
          web:
            image: {{{{Image}}}}
            command: ["sh", "-c"]
            args: ["mkdir -p /tmp/www && echo hello from the lease > /tmp/www/index.html && echo ready to serve && exec httpd -f -p 80 -h /tmp/www"]
            expose: [{port: 80, as: 8080, to: [{global: true}]}]
        profiles:
          compute:
            web: {resources: {cpu: {units: 0.1}, memory: {size: 64Mi}, storage: {size: 128Mi}}}
          placement:
            here: {pricing: {web: {denom: uact, amount: 100000}}}
        deployment:
          web: {here: {profile: web, count: 1}}
        """;

    // Ports that no other test on this machine is given: the daemon's own default range is used elsewhere.
    private static readonly int FirstPort = 20_000 + Environment.ProcessId % 90 * 100;

    /// <summary>Nobody is held to disk space: quicker, where a test is about something else.</summary>
    public const string NoDisks = "backend: none, folder: \"/nonexistent\"";

    /// <summary>As it is shipped, but for the folder.</summary>
    public static string DefaultDisks(string folder) => $"folder: \"{folder}\"";

    /// <summary>File systems in files.</summary>
    public static string LoopDisks(string folder) => $"backend: loop, folder: \"{folder}\"";

    public static string Text(int chainPort, string keyFile, int gatewayPort, int operatorPort, string engineSocket, string stateFolder, string disks = NoDisks) => string.Create(CultureInfo.InvariantCulture, $$"""
        chain:
          endpoints: [{rpc: "http://127.0.0.1:{{chainPort}}"}]
          key: {file: "{{keyFile}}"}
          poll_interval: 200ms
        provider:
          host_uri: https://127.0.0.1:{{gatewayPort}}
        inventory:
          keep: {storage: 1Gi}
        bidding:
          sweep_interval: 10s
        engine:
          endpoint: unix://{{engineSocket}}
        workloads:
          ports: {{FirstPort}}-{{FirstPort + 99}}
          ports_address: 127.0.0.1
          stop_grace: 1s
          reconcile_interval: 2s
          sweep_interval: 10s
          network: {helper_socket: "{{stateFolder}}/no-helper.sock"}
          volumes: {{{disks}}, helper_socket: "{{stateFolder}}/no-helper.sock"}
        ingress: {mode: none}
        gateway:
          rest: 127.0.0.1:{{gatewayPort}}
        metering:
          interval: 1s
        operator:
          listen: 127.0.0.1:{{operatorPort}}
        state:
          directory: "{{stateFolder}}"
        """);
}
