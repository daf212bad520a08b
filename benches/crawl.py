#!/usr/bin/env python3
"""crawl.py - the crawl of a whole world, beside a peer, in one run: CPU seconds per 1,000 pages and peak memory.

  benches/crawl.py a WORLD --ours BIN --spider BIN [--runs 3]     fast world: our CPU / spider's CPU
  benches/crawl.py b WORLD --ours BIN [--runs 3]                  slow world (each answer 200 ms late): wall / ideal, KB per host

WORLD is a folder with hosts.list, hosts.txt, registry.csv, manifest.tsv, conf/nginx-world.conf and nsd-world.conf.
Starts nginx and nsd on loopback and stops them. Every run of ours is held against the manifest: a figure with a wrong
verdict is no figure. CPU is user + system of the whole process; client and servers share the machine.
"""
import argparse, collections, json, os, resource, statistics, subprocess, sys, tempfile, time
from urllib.parse import urlsplit

PORTS = {"a": 28080, "b": 28082}
DELAY = 0.2  # seconds by which each answer of the slow world is late


def measured(command, stdout=subprocess.DEVNULL):
    """Runs a command; wall seconds, CPU seconds, peak resident KiB."""
    start = time.time()
    process = subprocess.Popen(command, stdout=stdout, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    return time.time() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, status


def truth(world):
    with open(f"{world}/manifest.tsv") as manifest:
        rows = [line.rstrip("\n").split("\t") for line in manifest]
    return {(row[0], row[1]): "pass" if row[4] == "ok" else "fail" for row in rows}


def check(world, report):
    """How many pages were judged; exits if one was judged wrong or left out."""
    expected, told = truth(world), {}
    for site in json.load(open(report))["sites"]:
        for page in site["pages"]:
            url = urlsplit(page["url"])
            if (url.hostname, url.path) in expected:
                told[(url.hostname, url.path)] = page["verdict"]
    wrong = [key for key, verdict in expected.items() if told.get(key) != verdict]
    if wrong:
        sys.exit(f"{len(wrong)} of {len(expected)} pages judged wrong or left out, such as {wrong[:3]}")
    return len(told)


def ours(args, hosts, concurrency):
    with tempfile.NamedTemporaryFile() as report:
        command = [args.ours, "check", "--json", "--http-port", str(PORTS[args.profile]), "--resolver", "127.0.0.1:25355",
                   "--allow-net", "127.0.0.0/8", "--registry", f"{args.world}/registry.csv",
                   "--concurrency", str(concurrency), *hosts]
        wall, cpu, rss, _ = measured(command, report)
        return wall, cpu, rss, check(args.world, report.name)


def spider(args, pages):
    names = 'mount --bind "$0/hosts.txt" /etc/hosts; exec "$@"'
    command = ["unshare", "-m", "bash", "-c", names, args.world, args.spider, f"{args.world}/hosts.list", "28080", "32", "4", "2"]
    wall, cpu, rss, _ = measured(command)
    return wall, cpu, rss, pages


def row(name, runs):
    wall, cpu, rss, pages = (statistics.median(column) for column in zip(*runs))
    print(f"{name:10} wall {wall:6.2f} s   cpu/1000 pages {1000 * cpu / pages:7.4f} s   peak {rss / 1024:6.0f} MiB   pages {pages:.0f}")
    return wall, cpu / pages, rss


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("profile", choices=PORTS)
    parser.add_argument("world", type=os.path.abspath)
    parser.add_argument("--ours", default="target/release/badgewatch")
    parser.add_argument("--spider")
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    hosts = open(f"{args.world}/hosts.list").read().split()
    servers = [["nginx", "-c", f"{args.world}/conf/nginx-world.conf", "-p", f"{args.world}/run/", "-g", "daemon off;"],
               ["nsd", "-d", "-c", f"{args.world}/nsd-world.conf"]]
    os.makedirs(f"{args.world}/run", exist_ok=True)
    running = [subprocess.Popen(server, stderr=subprocess.DEVNULL) for server in servers]
    time.sleep(2)
    try:
        concurrency = 32 if args.profile == "a" else len(hosts)
        runs = collections.defaultdict(list)
        for _ in range(args.runs):
            runs["ours"].append(ours(args, hosts, concurrency))
            if args.spider:
                runs["spider"].append(spider(args, runs["ours"][-1][3]))
        wall, cpu, rss = row("badgewatch", runs["ours"])
        if args.spider:
            print(f"ratio      cpu {cpu / row('spider', runs['spider'])[1]:.2f} of spider's")
        if args.profile == "b":
            pages = runs["ours"][0][3] / len(hosts)
            ideal = pages * DELAY  # one page after the other, every host at once
            print(f"ratio      wall {wall / ideal:.2f} of ideal {ideal:.1f} s   {rss / len(hosts):.0f} KiB a host")
    finally:
        for server in running:
            server.terminate()


main()
