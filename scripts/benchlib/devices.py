# SPDX-License-Identifier: BSD-3-Clause
"""What lies between the generator and teitend: a cable, or memory that two processes share."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Device:
    name: str
    teitend: list      # EAL arguments
    generator: list
    port: str          # the generator's, by its name in DPDK
    pushes_back: bool  # loses nothing: makes the generator wait instead


def ports(generator, teitend):
    """Two network cards, or two ports of one, by PCI address."""
    return Device(f"{generator} -> {teitend}", ["-a", teitend], ["-a", generator], generator, False)


def vhost(directory):
    socket = f"{directory}/vhost.sock"
    return Device("virtio-user -> vhost", ["--no-pci", "--vdev", f"net_vhost0,iface={socket}"],
                  ["--no-pci", "--single-file-segments", "--vdev",
                   f"net_virtio_user0,path={socket}"], "net_virtio_user0", True)


def memif(directory):
    socket = f"socket={directory}/memif.sock,socket-abstract=no"
    return Device("memif", ["--no-pci", "--vdev", f"net_memif0,role=server,{socket}"],
                  ["--no-pci", "--vdev", f"net_memif0,role=client,{socket}"], "net_memif0", True)
